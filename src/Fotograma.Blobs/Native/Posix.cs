using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Blobs.Native;

/// <summary>
/// The two calls that a crash-safe store needs and the class library does not have: opening a folder so that it can be synchronised
/// (<c>File.OpenHandle</c> refuses folders), and giving a file a name only where the name is free (<c>File.Move</c> looks first and renames then).
/// </summary>
internal static partial class Posix
{
    /// <summary>The error number (errno) of a name that is taken.</summary>
    public const int EntryExists = 17;

    private const int NoSuchEntry = 2;
    private const int NotAFolder = 20;

    /// <summary>What became of <see cref="Link"/>.</summary>
    public enum LinkResult
    {
        Made,
        NameTaken,
        FolderMissing,
    }

    /// <summary>Makes the names in a folder survive a power cut. A folder that is gone by now has no names to keep.</summary>
    public static void SynchroniseFolder(string path)
    {
        using var folder = Open(path, OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000);
        if (folder.IsInvalid)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == NoSuchEntry) return;
            throw Failed(path, error);
        }
        RandomAccess.FlushToDisk(folder);
    }

    /// <summary>Gives the file a second name, if nothing has that name.</summary>
    public static LinkResult Link(string existing, string name)
    {
        if (MakeLink(existing, name) == 0) return LinkResult.Made;
        return Marshal.GetLastPInvokeError() switch
        {
            EntryExists => LinkResult.NameTaken,
            NoSuchEntry or NotAFolder => LinkResult.FolderMissing,
            var error => throw Failed(name, error),
        };
    }

    private static IOException Failed(string path, int error) => new($"{new Win32Exception(error).Message} : '{path}'", error);

    // O_RDONLY is 0 everywhere; the flag passed is O_CLOEXEC alone.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeLink(string existing, string name);
}
