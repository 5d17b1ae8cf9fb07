namespace Fotograma.Media.Reading;

/// <summary>
/// The NAL units of a packet of H.264 or HEVC, which stand behind their lengths (ISO/IEC 14496-15) or behind start codes (Annex B of the
/// codecs' own standards), as the set-up data says. Goes on to the packet's end or to the first thing that makes no sense.
/// </summary>
internal ref struct NalUnits(ReadOnlySpan<byte> packet, int lengthBytes)
{
    private readonly int whole = packet.Length;
    private ReadOnlySpan<byte> rest = packet;
    private bool started;

    /// <summary>Where the unit begins in the packet.</summary>
    public int Start { get; private set; }

    /// <summary>The unit <see cref="MoveNext"/> came to, without length or start code.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>The packet was read to its end, and everything made sense.</summary>
    public readonly bool IsWhole => rest.IsEmpty;

    /// <summary>Bytes of the lengths; 0 for start codes. The set-up data begins with a version, 1, when there are lengths.</summary>
    /// <param name="setUp">The avcC or hvcC box, or start codes.</param>
    /// <param name="position">Where the box keeps the number: 4 in avcC, 21 in hvcC.</param>
    public static int LengthBytes(ReadOnlySpan<byte> setUp, int position) =>
        setUp.Length > position && setUp[0] == 1 ? (setUp[position] & 3) + 1 : 0;

    /// <summary>Goes to the next unit.</summary>
    public bool MoveNext() => lengthBytes > 0 ? MoveByLength() : MoveByStartCode();

    private bool MoveByLength()
    {
        if (rest.Length < lengthBytes) return false;
        var length = 0L;
        for (var i = 0; i < lengthBytes; i++) length = (length << 8) | rest[i];
        if (length == 0 || length > rest.Length - lengthBytes) return false;
        Current = rest.Slice(lengthBytes, (int)length);
        Start = whole - rest.Length + lengthBytes;
        rest = rest[(lengthBytes + (int)length)..];
        return true;
    }

    private bool MoveByStartCode()
    {
        ReadOnlySpan<byte> code = [0, 0, 1];
        if (!started)
        {
            var first = rest.IndexOf(code);
            if (first < 0) return false;
            rest = rest[(first + code.Length)..];
            started = true;
        }

        if (rest.IsEmpty) return false;
        var next = rest.IndexOf(code);
        Start = whole - rest.Length;
        Current = next < 0 ? rest : rest[..next];
        rest = next < 0 ? [] : rest[(next + code.Length)..];
        return !Current.IsEmpty;
    }
}
