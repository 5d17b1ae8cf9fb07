using System.Globalization;
using Fotograma.Media.Faults;
using Fotograma.Media.Sandbox;

namespace Fotograma.Media.Isolation;

/// <summary>
/// Makes sure that a decoder is confined before it is given its video. The decoder's own word is not enough: the kernel is asked about each of
/// its threads.
/// </summary>
internal sealed class ConfinementWitness(DecoderProcess decoder)
{
    /// <summary>Checks what the decoder said and what the kernel says, and lets the decoder begin.</summary>
    /// <exception cref="MediaException"><see cref="MediaFault.NotConfined"/>.</exception>
    public async Task LetBeginAsync(ConfinementProof said, CancellationToken cancellation)
    {
        if (!said.Holds) throw Refused($"It says {said}.");
        foreach (var (thread, proof) in Threads(decoder.Id))
        {
            if (!proof.Holds) throw Refused($"The kernel says of thread {thread}: {proof}.");
        }

        await decoder.LetBeginAsync(cancellation);
    }

    /// <summary>The refusal of a decoder that is not confined.</summary>
    public static MediaException Refused(string detail) => new(MediaFault.NotConfined, detail);

    // Threads may end while they are counted, and any new one inherits from those seen. The process itself waits for our word.
    private static List<(string Thread, ConfinementProof Proof)> Threads(int process)
    {
        var seen = new List<(string, ConfinementProof)>();
        try
        {
            foreach (var thread in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task")))
            {
                if (TryRead(Path.Combine(thread, "status")) is { } status) seen.Add((Path.GetFileName(thread), ConfinementProof.Parse(status)));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refused($"Its threads cannot be seen: {failure.Message}");
        }

        return seen.Count > 0 ? seen : throw Refused("None of its threads can be seen.");
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
