using System.Text;

namespace Fotograma.Media.Native;

/// <summary>A negative result of a libav function.</summary>
internal sealed class LibavException(string what, int code) : Exception($"{what}: {LibavError.Describe(code)}")
{
    /// <summary>The result.</summary>
    public int Code { get; } = code;
}

/// <summary>libav's error numbers: negated errno values, and negated four-letter tags.</summary>
internal static class LibavError
{
    public const int Again = -11;
    public const int OutOfMemory = -12;
    public const int InvalidArgument = -22;
    public const int EndOfFile = -0x20464F45;
    public const int InvalidData = -0x41444E49;

    /// <summary>Tells libav that the caller wants to stop.</summary>
    public const int Exit = -0x54495845;

    /// <summary>Throws when <paramref name="result"/> is negative.</summary>
    public static int Check(int result, string what) => result >= 0 ? result : throw new LibavException(what, result);

    /// <summary>Throws when <paramref name="pointer"/> is null, which in libav means that memory has run out.</summary>
    public static nint Check(nint pointer, string what) => pointer != 0 ? pointer : throw new LibavException(what, OutOfMemory);

    /// <summary>libav's words for <paramref name="code"/>.</summary>
    public static unsafe string Describe(int code)
    {
        Span<byte> text = stackalloc byte[256];
        fixed (byte* start = text) _ = AvUtil.DescribeError(code, start, (nuint)text.Length);
        var end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }
}
