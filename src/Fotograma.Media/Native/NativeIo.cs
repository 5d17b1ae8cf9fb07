using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Native;

/// <summary>
/// Input through an already opened file (<c>AVIOContext</c>). libav gets no name and no protocol: all it can do is read from this file at
/// an offset. The file is not owned.
/// </summary>
internal sealed unsafe class NativeIo : NativeStruct
{
    private const int BufferBytes = 64 << 10;
    private const int SeekSet = 0;
    private const int SeekCurrent = 1;
    private const int SeekEnd = 2;
    private const int SeekForce = 0x20000;
    private const int SeekSize = 0x10000;

    private readonly SafeFileHandle file;
    private readonly CancellationToken cancellation;
    private readonly long length;
    private GCHandle self;
    private long position;

    /// <summary>Starts at the beginning of <paramref name="file"/>; reading fails once <paramref name="cancellation"/> is requested.</summary>
    /// <param name="file">The file, which stays the caller's.</param>
    /// <param name="cancellation">Ends reading.</param>
    public NativeIo(SafeFileHandle file, CancellationToken cancellation) : base(0)
    {
        this.file = file;
        this.cancellation = cancellation;
        length = ReadableFile.LengthOf(file);
        self = GCHandle.Alloc(this, GCHandleType.Weak);
        var buffer = LibavError.Check(AvUtil.Allocate(BufferBytes), "av_malloc");
        SetHandle(LibavError.Check(AvFormat.AllocateIo(buffer, BufferBytes, 0, GCHandle.ToIntPtr(self), &Read, 0, &Seek), "avio_alloc_context"));
    }

    /// <summary>
    /// Makes reading a matter of counting, for a container whose index is known and whose packets' bytes are not looked at. What is read
    /// from then on means nothing.
    /// </summary>
    public bool IsBlind { get; set; }

    protected override bool ReleaseHandle()
    {
        // The buffer may have been replaced by libav, so it is taken from the structure.
        AvUtil.Free(Field<nint>(Libav.Layout.IoBuffer));
        var pointer = handle;
        AvFormat.FreeIo(&pointer);
        self.Free();
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint opaque, byte* buffer, int bytes)
    {
        if (GCHandle.FromIntPtr(opaque).Target is not NativeIo io || io.cancellation.IsCancellationRequested) return LibavError.Exit;
        try
        {
            if (io.IsBlind) return io.Pass(bytes);
            var read = RandomAccess.Read(io.file, new Span<byte>(buffer, bytes), io.position);
            io.position += read;
            return read == 0 ? LibavError.EndOfFile : read;
        }
        catch (IOException)
        {
            return InputOutputError;
        }
    }

    private const int InputOutputError = -5;

    /// <summary>Claims to have read, and leaves in the buffer what was there.</summary>
    private int Pass(int bytes)
    {
        var passed = (int)Math.Min(bytes, Math.Max(0, length - position));
        position += passed;
        return passed == 0 ? LibavError.EndOfFile : passed;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Seek(nint opaque, long offset, int whence)
    {
        if (GCHandle.FromIntPtr(opaque).Target is not NativeIo io) return LibavError.Exit;
        if ((whence & SeekSize) != 0) return io.length;
        var origin = (whence & ~SeekForce) switch
        {
            SeekSet => 0,
            SeekCurrent => io.position,
            SeekEnd => io.length,
            _ => long.MinValue,
        };
        if (origin == long.MinValue || offset < -origin || offset > long.MaxValue - origin) return LibavError.InvalidArgument;
        return io.position = origin + offset;
    }
}
