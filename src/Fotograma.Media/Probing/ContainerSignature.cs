using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fotograma.Media.Faults;
using Fotograma.Media.Input;

namespace Fotograma.Media.Probing;

/// <summary>
/// Recognises a container by its first bytes, whatever the file is called. Cheap enough to ask while a file is still arriving; whether there
/// is a picture inside that can be decoded is for the decoder to say.
/// </summary>
public static class ContainerSignature
{
    /// <summary>How many bytes from the start are enough to decide.</summary>
    public const int HeadBytes = 4096;

    private const int TransportPacketBytes = 188;

    private static readonly string[] MovieAtoms = ["ftyp", "moov", "mdat", "wide", "pnot", "skip", "free"];

    /// <summary>
    /// Names the container that begins with <paramref name="head"/>: <c>mp4</c>, <c>mov</c>, <c>3gp</c>, <c>mkv</c>, <c>webm</c>, <c>avi</c>, <c>wmv</c>, <c>flv</c>,
    /// <c>ts</c>, <c>mpeg</c> or <c>ogg</c>; otherwise says what is wrong with the file.
    /// </summary>
    public static bool TryRecognise(ReadOnlySpan<byte> head, [NotNullWhen(true)] out string? container, [NotNullWhen(false)] out MediaFault? fault)
    {
        container = Movie(head) ?? Matroska(head) ?? Stream(head);
        fault = container is not null ? null
            : head.IsEmpty ? MediaFault.Empty
            : IsSound(head) ? MediaFault.NoVideoStream
            : FirstBytes.ArePlaylist(head) ? MediaFault.Playlist
            : MediaFault.NotAVideo;
        return container is not null;
    }

    private static string? Movie(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12) return null;
        var atom = Encoding.ASCII.GetString(head.Slice(4, 4));
        if (!MovieAtoms.Contains(atom)) return null;
        if (atom != "ftyp") return "mov";
        var brand = Encoding.ASCII.GetString(head.Slice(8, 4));
        return brand switch
        {
            "qt  " => "mov",
            _ when brand.StartsWith("3g", StringComparison.Ordinal) => "3gp",
            // Still images use the same boxes.
            "avif" or "avis" or "heic" or "heix" or "mif1" or "msf1" => null,
            _ => "mp4",
        };
    }

    private static string? Matroska(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3])) return null;
        return head[..Math.Min(head.Length, 64)].IndexOf("webm"u8) >= 0 ? "webm" : "mkv";
    }

    private static string? Stream(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("RIFF"u8) && head.Length >= 12 && head.Slice(8, 3).SequenceEqual("AVI"u8)) return "avi";
        if (head.StartsWith("FLV\x01"u8)) return "flv";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11])) return "wmv";
        if (head.StartsWith("OggS"u8)) return "ogg";
        if (head.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0xBA]) || head.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0xB3])) return "mpeg";
        return HasTransportSync(head, 0, TransportPacketBytes) || HasTransportSync(head, 4, TransportPacketBytes + 4) ? "ts" : null;
    }

    private static bool IsSound(ReadOnlySpan<byte> head) =>
        head.StartsWith("ID3"u8) || head.StartsWith("fLaC"u8) || head.StartsWith("#!AMR"u8) || head.StartsWith("FORM"u8)
        || (head.StartsWith("RIFF"u8) && head.Length >= 12 && head.Slice(8, 4).SequenceEqual("WAVE"u8))
        // The sync word of an MPEG layer III or ADTS frame; the layer bits keep it apart from UTF-16 text and JPEG.
        || (head.Length >= 2 && head[0] == 0xFF && (head[1] & 0xF6) is 0xF0 or 0xF2);

    private static bool HasTransportSync(ReadOnlySpan<byte> head, int first, int step)
    {
        const byte Sync = 0x47;
        const int PacketsWanted = 3;
        if (head.Length < first + (step * (PacketsWanted - 1)) + 1) return false;
        for (var packet = 0; packet < PacketsWanted; packet++)
        {
            if (head[first + (packet * step)] != Sync) return false;
        }
        return true;
    }
}
