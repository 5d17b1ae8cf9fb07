using System.Buffers.Binary;

namespace Fotograma.Media.Png;

/// <summary>Writes bits as deflate wants them, the first in the lowest place, into memory that somebody else made large enough.</summary>
internal ref struct BitWriter(Span<byte> target, ulong pending, int pendingBits)
{
    /// <summary>How many bytes there must be behind the last one that is written: bits are stored eight bytes at a time.</summary>
    public const int SlackBytes = 8;

    /// <summary>How many bits can be added between two calls of <see cref="Flush"/>, which leaves up to seven.</summary>
    public const int BitsBetweenFlushes = 56;

    /// <summary>Whole bytes written.</summary>
    public int Bytes { get; private set; }

    /// <summary>The bits that do not fill a byte yet.</summary>
    public ulong Pending { get; private set; } = pending;

    /// <summary>How many they are.</summary>
    public int PendingBits { get; private set; } = pendingBits;

    private readonly Span<byte> target = target;

    /// <summary>Where the next whole byte goes.</summary>
    public readonly Span<byte> Rest => target[Bytes..];

    /// <summary>Adds the lowest <paramref name="count"/> bits of <paramref name="bits"/>; the others are 0.</summary>
    public void Add(ulong bits, int count)
    {
        Pending |= bits << PendingBits;
        PendingBits += count;
    }

    /// <summary>Writes the whole bytes.</summary>
    public void Flush()
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target[Bytes..], Pending);
        Bytes += PendingBits >> 3;
        Pending >>= PendingBits & ~7;
        PendingBits &= 7;
    }

    /// <summary>Adds a few bits and writes the whole bytes.</summary>
    public void Write(uint bits, int count)
    {
        Add(bits, count);
        Flush();
    }

    /// <summary>Goes on after <paramref name="bytes"/> more bytes that were written to <see cref="Rest"/>, with these bits left.</summary>
    public void Continue(int bytes, ulong pending, int pendingBits) => (Bytes, Pending, PendingBits) = (Bytes + bytes, pending, pendingBits);
}
