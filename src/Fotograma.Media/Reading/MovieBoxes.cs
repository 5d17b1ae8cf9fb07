using System.Buffers.Binary;
using Fotograma.Media.Native;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Reading;

/// <summary>Looks at the boxes of an MP4 or QuickTime file (ISO/IEC 14496-12, 4.2).</summary>
internal static class MovieBoxes
{
    private const int HeaderBytes = 8;
    private const int LongHeaderBytes = 16;
    private const int BoxesMax = 10_000;

    /// <summary>
    /// Whether the movie box holds the whole index, so that nothing in the rest of the file is needed to know every packet: no fragments, now
    /// or announced.
    /// </summary>
    public static bool HasWholeIndex(SafeFileHandle file)
    {
        var found = false;
        var length = ReadableFile.LengthOf(file);
        foreach (var (type, start, end) in Boxes(file, 0, length))
        {
            if (end > length || type == "moof") return false;
            if (type != "moov") continue;
            found = true;
            if (Boxes(file, start, end).Any(box => box.Type == "mvex")) return false;
        }

        return found;
    }

    /// <summary>Whether the file ends within the movie box: what is missing there may be whole streams.</summary>
    public static bool IsIndexCutOff(SafeFileHandle file)
    {
        var length = ReadableFile.LengthOf(file);
        return Boxes(file, 0, length).Any(box => box.Type == "moov" && box.End > length);
    }

    private static IEnumerable<(string Type, long Start, long End)> Boxes(SafeFileHandle file, long position, long end)
    {
        var header = new byte[LongHeaderBytes];
        for (var count = 0; position <= end - HeaderBytes && count < BoxesMax; count++)
        {
            if (RandomAccess.Read(file, header, position) < HeaderBytes) yield break;
            long size = BinaryPrimitives.ReadUInt32BigEndian(header);
            var head = HeaderBytes;
            if (size == 1) (size, head) = (BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(HeaderBytes)), LongHeaderBytes);
            if (size == 0) size = end - position;
            if (size < head || size > long.MaxValue - position) yield break;
            yield return (System.Text.Encoding.Latin1.GetString(header, 4, 4), position + head, position + size);
            position += size;
        }
    }
}
