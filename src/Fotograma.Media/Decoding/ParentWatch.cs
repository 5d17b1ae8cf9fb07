using System.Text.Json;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;

namespace Fotograma.Media.Decoding;

/// <summary>
/// The decoder's side of the pipe from its parent. The first line is the request. The next byte is the parent's word that work
/// may begin; after it nothing comes, but the pipe's end means that the parent is gone. A thread of its own waits for that and ends the process at once, even while native code is looping.
/// </summary>
internal static class ParentWatch
{
    /// <summary>Exit code when the parent has gone.</summary>
    public const int OrphanExitCode = 4;

    private const int RequestBytesMax = 64 << 10;

    /// <summary>Reads the request's line.</summary>
    /// <exception cref="JsonException">The line is missing, too long, or not a request.</exception>
    public static DecoderRequest ReadRequest(Stream input)
    {
        var line = new byte[RequestBytesMax];
        var length = 0;
        // Byte by byte: nothing after the line may be taken from the pipe.
        for (var next = input.ReadByte(); next != '\n'; next = input.ReadByte())
        {
            if (next < 0 || length == line.Length) throw new JsonException("The request is not one line of JSON.");
            line[length++] = (byte)next;
        }

        var request = JsonSerializer.Deserialize(line.AsSpan(0, length), DecoderJson.Default.DecoderRequest);
        // A constructor's parameters may still be null when the JSON lacks them.
        return request is { Operation: not null, InputPath: not null, Limits: not null } ? request : throw new JsonException("The request lacks a part.");
    }

    /// <summary>Ends the process as soon as <paramref name="input"/> ends. The task completes with the parent's word.</summary>
    public static Task EndWithParent(Stream input)
    {
        var word = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                while (input.ReadByte() >= 0)
                {
                    word.TrySetResult();
                }
            }
            finally
            {
                ProcessEnd.Now(OrphanExitCode);
            }
        })
        {
            IsBackground = true,
            Name = "parent watch",
        };
        thread.Start();
        return word.Task;
    }
}
