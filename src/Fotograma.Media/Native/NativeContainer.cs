namespace Fotograma.Media.Native;

/// <summary>An open container (<c>AVFormatContext</c>) with its own input.</summary>
internal sealed unsafe class NativeContainer : NativeStruct
{
    /// <summary>The format may jump in time by design, and players follow it.</summary>
    private const int DiscontinuousFlag = 0x0200;

    private const int BackwardFlag = 1;

    private readonly NativeIo io;

    private NativeContainer(nint pointer, NativeIo io) : base(pointer) => this.io = io;

    private static LibavLayout Layout => Libav.Layout;

    public int StreamCount => Field<int>(Layout.FormatStreamCount);

    /// <summary>First timestamp of all streams in microseconds, or <see cref="Libav.NoTimestamp"/>.</summary>
    public long StartTime => Field<long>(Layout.FormatStartTime);

    /// <summary>Length in microseconds, or <see cref="Libav.NoTimestamp"/>.</summary>
    public long Duration => Field<long>(Layout.FormatDuration);

    /// <summary>Short name of the demuxer.</summary>
    public string Name => Memory.Text(Memory.Field<nint>(Field<nint>(Layout.FormatInput), Layout.InputName)) ?? "";

    public bool IsDiscontinuous => (Memory.Field<int>(Field<nint>(Layout.FormatInput), Layout.InputFlags) & DiscontinuousFlag) != 0;

    public NativeStream Stream(int index) => new(((nint*)Field<nint>(Layout.FormatStreams))[index]);

    /// <summary>Recognises and opens a container and takes over <paramref name="io"/>.</summary>
    /// <exception cref="LibavException">It is not recognised, not allowed by the options, or broken.</exception>
    public static NativeContainer Open(NativeIo io, IReadOnlyDictionary<string, string> options)
    {
        nint dictionary = 0;
        try
        {
            foreach (var (key, value) in options) LibavError.Check(AvUtil.SetEntry(&dictionary, key, value, 0), key);
            var context = LibavError.Check(AvFormat.AllocateContext(), "avformat_alloc_context");
            Memory.Field<nint>(context, Layout.FormatIo) = io.Pointer;
            // A failure frees the context.
            LibavError.Check(AvFormat.Open(&context, "input", 0, &dictionary), "avformat_open_input");
            var container = new NativeContainer(context, io);
            if (dictionary == 0) return container;
            container.Dispose();
            throw new LibavException("avformat_open_input did not take every option", LibavError.InvalidArgument);
        }
        catch
        {
            io.Dispose();
            throw;
        }
        finally
        {
            AvUtil.FreeDictionary(&dictionary);
        }
    }

    /// <summary>Reads ahead until the streams' parameters are known.</summary>
    public void FindStreams() => LibavError.Check(AvFormat.FindStreams(handle, 0), "avformat_find_stream_info");

    /// <summary>Reads the next packet; the result is negative at the end or on a failure.</summary>
    /// <exception cref="Faults.MediaException">Memory ran out, here or in a decoder: what came since cannot be told from damage.</exception>
    public int Read(NativePacket packet)
    {
        var result = MemoryWatch.See(AvFormat.ReadPacket(handle, packet.Pointer));
        if (result >= 0 && packet.IsDamaged) MemoryWatch.Look();
        if (result == LibavError.EndOfFile) MemoryWatch.LookAtEnd();
        MemoryWatch.MustHaveSufficed();
        return result;
    }

    /// <summary>Goes to the last key frame of a stream that is not after <paramref name="timestamp"/>, in the stream's unit.</summary>
    public int Seek(int stream, long timestamp) => AvFormat.Seek(handle, stream, timestamp, BackwardFlag);

    protected override bool ReleaseHandle()
    {
        var pointer = handle;
        AvFormat.Close(&pointer);
        io.Dispose();
        return true;
    }
}
