using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Native;

/// <summary>An open file that can be read at any place.</summary>
internal static partial class ReadableFile
{
    private const int SeekEnd = 2;

    /// <summary>Its length in bytes, without asking for its other properties: a confined process may not.</summary>
    public static long LengthOf(SafeFileHandle file)
    {
        var end = Seek(file, 0, SeekEnd);
        return end >= 0 ? end : throw new IOException("The file has no length.");
    }

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int origin);
}
