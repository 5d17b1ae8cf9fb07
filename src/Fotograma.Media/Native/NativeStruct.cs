using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Native;

/// <summary>A structure that libav owns and frees through its own function; its fields are read by their offsets.</summary>
internal abstract class NativeStruct : SafeHandleZeroOrMinusOneIsInvalid
{
    protected NativeStruct(nint pointer) : base(ownsHandle: true) => SetHandle(pointer);

    /// <summary>The address, for calls into libav while this object is alive.</summary>
    public nint Pointer => handle;

    protected ref T Field<T>(int offset) where T : unmanaged => ref Memory.Field<T>(handle, offset);
}

/// <summary>Reads native memory.</summary>
internal static unsafe class Memory
{
    /// <summary>The field of type <typeparamref name="T"/> at <paramref name="offset"/> bytes from <paramref name="address"/>.</summary>
    public static ref T Field<T>(nint address, int offset) where T : unmanaged => ref Unsafe.AsRef<T>((void*)(address + offset));

    /// <summary>A C string; null for a null pointer.</summary>
    public static string? Text(nint address) => Marshal.PtrToStringUTF8(address);
}
