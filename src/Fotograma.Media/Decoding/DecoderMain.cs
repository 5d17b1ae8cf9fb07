using System.Text;
using System.Text.Json;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;
using Fotograma.Media.Sandbox;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Decoding;

/// <summary>The life of the decoder process, from the request on its standard input to its exit code.</summary>
internal static class DecoderMain
{
    /// <summary>Exit code when the request could not be understood.</summary>
    public const int UsageExitCode = 2;

    /// <summary>
    /// Runs one request and gives the exit code. The arguments are those of <see cref="Confinement"/>. Until the process is confined it stays on its
    /// first thread, so that all later threads are as confined as this one.
    /// </summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, Stream input, Stream output, Stream errors, TimeProvider time, CancellationToken cancellation)
    {
        var trouble = Enter(arguments);
        DecoderRequest request;
        try
        {
            request = ParentWatch.ReadRequest(input);
        }
        catch (JsonException failure)
        {
            errors.Write(Encoding.UTF8.GetBytes($"fotograma-decoder reads a request from its parent; it is not started by hand. {failure.Message}\n"));
            return UsageExitCode;
        }

        using var writer = new MessageWriter(output);
        try
        {
            if (trouble is not null) throw trouble;
            using var file = OpenInput(request);
            LoadLibraries();
            LibavLog.WriteTo(errors);
            var proof = Confine(file, request.Limits, Confinement.ModeOf(arguments));
            var go = ParentWatch.EndWithParent(input);
            if (proof is not null)
            {
                await writer.WriteAsync(DecoderMessage.Confined, proof, DecoderJson.Default.ConfinementProof, cancellation);
                await go.WaitAsync(cancellation);
            }

            return await DecodeSession.RunAsync(request, file, output, time, cancellation);
        }
        catch (MediaException failure)
        {
            return await DecodeSession.FailAsync(writer, failure.Fault, failure.Detail, cancellation);
        }
    }

    private static MediaException? Enter(IReadOnlyList<string> arguments)
    {
        try
        {
            Confinement.Enter(arguments);
            return null;
        }
        catch (SandboxException failure)
        {
            return new MediaException(MediaFault.NotConfined, failure.Message, failure);
        }
    }

    private static ConfinementProof? Confine(SafeFileHandle file, DecoderLimits limits, SandboxMode mode)
    {
        if (mode == SandboxMode.Off) return null;
        try
        {
            var memory = limits.MemoryBytesOn(Environment.ProcessorCount);
            return Confinement.Close(file, new Bounds(limits.CpuSecondsMax, memory, (long)limits.ThreadsMax * Environment.ProcessorCount), mode);
        }
        catch (SandboxException failure)
        {
            throw new MediaException(MediaFault.NotConfined, failure.Message, failure);
        }
    }

    private static SafeFileHandle OpenInput(DecoderRequest request)
    {
        try
        {
            var file = File.OpenHandle(request.InputPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (ReadableFile.LengthOf(file) is var bytes && bytes <= request.Limits.InputBytesMax) return file;
            file.Dispose();
            throw new MediaException(MediaFault.InputTooLarge, $"The file has {bytes} bytes.");
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
