using System.Runtime.InteropServices;

namespace Fotograma.Media.Native;

/// <summary>Asks the kernel whether so much memory could be had, under the limits of the process (mmap(2), setrlimit(2)).</summary>
internal static partial class AddressRoom
{
    private const int ReadAndWrite = 1 | 2;
    private const int PrivateAndAnonymous = 0x02 | 0x20;
    private const nint Refused = -1;

    /// <summary>Whether <paramref name="bytes"/> can be reserved in one piece; they are given back untouched.</summary>
    public static bool Has(long bytes)
    {
        var room = Map(0, (nuint)bytes, ReadAndWrite, PrivateAndAnonymous, -1, 0);
        if (room == Refused) return false;
        _ = Unmap(room, (nuint)bytes);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint wished, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint bytes);
}
