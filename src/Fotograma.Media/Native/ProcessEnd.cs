using System.Runtime.InteropServices;

namespace Fotograma.Media.Native;

/// <summary>Ends the process at once, whatever its threads are doing.</summary>
internal static partial class ProcessEnd
{
    /// <summary>Leaves without running anything else: no handlers, no finalizers, no waiting for native code.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    internal static partial void Now(int code);
}
