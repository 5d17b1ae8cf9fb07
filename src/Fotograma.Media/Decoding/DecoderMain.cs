using System.Text.Json;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Decoding;

/// <summary>The life of the decoder process, from the request on its standard input to its exit code.</summary>
internal static class DecoderMain
{
    /// <summary>Exit code when the request could not be understood.</summary>
    public const int UsageExitCode = 2;

    /// <summary>Runs one request and gives the exit code.</summary>
    public static async Task<int> RunAsync(Stream input, Stream output, Stream errors, TimeProvider time, CancellationToken cancellation)
    {
        DecoderRequest request;
        try
        {
            request = ParentWatch.ReadRequest(input);
        }
        catch (JsonException failure)
        {
            errors.Write(System.Text.Encoding.UTF8.GetBytes($"fotograma-decoder reads a request from its parent; it is not started by hand. {failure.Message}\n"));
            return UsageExitCode;
        }

        ParentWatch.EndWithParent(input);
        using var writer = new MessageWriter(output);
        try
        {
            using var file = OpenInput(request.InputPath);
            LoadLibraries();
            LibavLog.WriteTo(errors);
            return await DecodeSession.RunAsync(request, file, output, time, cancellation);
        }
        catch (MediaException failure)
        {
            return await DecodeSession.FailAsync(writer, failure.Fault, failure.Detail, cancellation);
        }
    }

    private static SafeFileHandle OpenInput(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(MediaFault.DecoderUnavailable, "The input file could not be opened.", failure);
        }
    }

    // A library that is not what its name says can fail in any way; none of them is the video's fault.
    private static void LoadLibraries()
    {
        try
        {
            Libav.Load();
        }
        catch (Exception failure) when (failure is not MediaException)
        {
            throw new MediaException(MediaFault.DecoderUnavailable, $"The libraries could not be loaded: {failure.Message}", failure);
        }
    }
}
