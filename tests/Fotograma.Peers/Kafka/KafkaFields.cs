using System.Buffers.Binary;
using System.Text;

namespace Fotograma.Peers.Kafka;

/// <summary>Reads the fields of one frame of Kafka's protocol, one after the other: https://kafka.apache.org/protocol. Flexible versions have compact texts and lists, and tags behind everything.</summary>
internal sealed class KafkaFields(byte[] frame, int at = 0)
{
    /// <summary>Where the next field begins.</summary>
    public int At { get; private set; } = at;

    /// <summary>Whether texts and lists are compact from here on.</summary>
    public bool IsFlexible { get; set; }

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public string? Text()
    {
        var bytes = IsFlexible ? Varint() - 1 : Int16();
        return bytes < 0 ? null : Encoding.UTF8.GetString(Take(bytes));
    }

    /// <summary>How many elements a list has; none for no list.</summary>
    public int Count() => Math.Max(0, IsFlexible ? Varint() - 1 : Int32());

    /// <summary>Passes over the tags that end a part of a flexible message.</summary>
    public void PassTags()
    {
        if (!IsFlexible) return;
        for (var left = Varint(); left > 0; left--)
        {
            Varint();
            Take(Varint());
        }
    }

    public int Varint()
    {
        var (value, shift) = (0, 0);
        while (true)
        {
            var part = Take(1)[0];
            value |= (part & 0x7f) << shift;
            if (part < 0x80) return value;
            shift += 7;
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = frame.AsSpan(At, count);
        At += count;
        return taken;
    }
}
