using Fotograma.Media.Faults;

namespace Fotograma.Media.Isolation;

/// <summary>How a decoder ended that gave no result.</summary>
/// <param name="ExitCode">Its exit code, where it ended by itself: 128 and the signal's number when a signal ended it.</param>
/// <param name="Errors">What it wrote to standard error.</param>
/// <param name="Obituary">What is known of it, for operators.</param>
internal sealed record DecoderEnd(int? ExitCode, string Errors, string Obituary)
{
    private const int BySignal = 128;
    private const int Abort = 6;
    private const int CpuTime = 24;
    private const int BadSystemCall = 31;

    /// <summary>What the libraries and the runtime say when they get no memory, before they abort.</summary>
    private static readonly string[] MemoryWords = ["out of memory", "OutOfMemory", "Insufficient memory", "Cannot allocate memory", "bad_alloc"];

    /// <summary>The end as a fault.</summary>
    public MediaException ToException() => new(Fault, Obituary);

    private MediaFault Fault => ExitCode switch
    {
        BySignal + CpuTime => MediaFault.CpuExhausted,
        BySignal + BadSystemCall => MediaFault.DecoderMisbehaved,
        BySignal + Abort when MemoryWords.Any(word => Errors.Contains(word, StringComparison.OrdinalIgnoreCase)) => MediaFault.MemoryExhausted,
        _ => MediaFault.DecoderCrashed,
    };
}
