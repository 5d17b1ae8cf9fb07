using System.Globalization;
using Fotograma.Media.Faults;
using Fotograma.Media.Sandbox;

namespace Fotograma.Media.Isolation;

/// <summary>
/// Makes sure that a decoder is confined before it is given its video. The decoder's own word is not enough: the kernel is asked about each of
/// its threads, and about this process, whose filters they have inherited.
/// </summary>
internal sealed class ConfinementWitness(DecoderProcess decoder, SandboxMode mode)
{
    /// <summary>Checks what the decoder said and what the kernel says, and lets the decoder begin.</summary>
    /// <exception cref="MediaException"><see cref="MediaFault.NotConfined"/>.</exception>
    public async Task LetBeginAsync(ConfinementProof said, CancellationToken cancellation)
    {
        Check(said, Threads(decoder.Id), Own(), mode);
        await decoder.LetBeginAsync(cancellation);
    }

    /// <summary>Checks what a decoder <paramref name="said"/> and what the kernel says of its threads and of their starter.</summary>
    /// <exception cref="MediaException"><see cref="MediaFault.NotConfined"/>.</exception>
    internal static void Check(ConfinementProof said, IEnumerable<(string Thread, ConfinementProof Proof)> threads, ConfinementProof starter, SandboxMode mode)
    {
        if (!said.Holds) throw Refused($"It says {said}.");
        if (mode == SandboxMode.Required && said.LandlockAbi <= 0) throw Refused($"It says that it has no Landlock: {said}.");
        foreach (var (thread, proof) in threads)
        {
            if (!proof.Holds) throw Refused($"The kernel says of thread {thread}: {proof}.");
            if (!proof.AddsTo(starter)) throw Refused($"The kernel says of thread {thread}: {proof}, where it was started with {starter}.");
        }
    }

    /// <summary>The refusal of a decoder that is not confined.</summary>
    public static MediaException Refused(string detail) => new(MediaFault.NotConfined, detail);

    private static ConfinementProof Own() => TryRead("/proc/self/status") is { } status ? ConfinementProof.Parse(status) : throw Refused("What this process has inherited cannot be seen.");

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
