namespace Fotograma.Media.Native;

/// <summary>A decoder or encoder (<c>AVCodecContext</c>).</summary>
internal sealed unsafe class NativeCodec : NativeStruct
{
    private const int SearchChildren = 1;

    private readonly nint codec;

    private NativeCodec(nint pointer, nint codec) : base(pointer) => this.codec = codec;

    private static LibavLayout Layout => Libav.Layout;

    /// <summary>How many frames the decoder holds back to put them in order.</summary>
    public int Reorder => Field<int>(Layout.CodecReorder);
    public ref NativeRational Rate => ref Field<NativeRational>(Layout.CodecRate);

    /// <summary>A decoder by its name; null when this build of libav lacks it.</summary>
    public static NativeCodec? Decoder(string name) => Make(AvCodec.FindDecoder(name));

    /// <summary>An encoder by its name; null when this build of libav lacks it.</summary>
    public static NativeCodec? Encoder(string name) => Make(AvCodec.FindEncoder(name));

    public NativeCodec With(string option, long value)
    {
        LibavError.Check(AvUtil.SetOption(handle, option, value, SearchChildren), option);
        return this;
    }

    public NativeCodec With(string option, string value)
    {
        LibavError.Check(AvUtil.SetOption(handle, option, value, SearchChildren), option);
        return this;
    }

    public NativeCodec With(string option, NativeRational value)
    {
        LibavError.Check(AvUtil.SetOption(handle, option, value, SearchChildren), option);
        return this;
    }

    /// <summary>Sets it up for a stream's parameters.</summary>
    public NativeCodec For(NativeStream stream)
    {
        LibavError.Check(AvCodec.ApplyParameters(handle, stream.Parameters), "avcodec_parameters_to_context");
        return this;
    }

    /// <summary>Sets it up for pictures of one shape.</summary>
    public NativeCodec For(int width, int height, int format)
    {
        Field<int>(Layout.CodecWidth) = width;
        Field<int>(Layout.CodecHeight) = height;
        Field<int>(Layout.CodecFormat) = format;
        return this;
    }

    /// <summary>Makes it ready for work.</summary>
    public NativeCodec Open()
    {
        LibavError.Check(AvCodec.Open(handle, codec, null), "avcodec_open2");
        return this;
    }

    /// <summary>Gives a packet, or null for "no more".</summary>
    public int Send(NativePacket? packet) => MemoryWatch.See(AvCodec.SendPacket(handle, packet?.Pointer ?? 0));

    /// <summary>Forgets everything it was given, and can be given packets from somewhere else.</summary>
    public void Flush() => AvCodec.Flush(handle);

    public int Receive(NativeFrame frame) => MemoryWatch.See(AvCodec.ReceiveFrame(handle, frame.Pointer));

    public int Send(NativeFrame frame) => AvCodec.SendFrame(handle, frame.Pointer);

    public int Receive(NativePacket packet) => AvCodec.ReceivePacket(handle, packet.Pointer);

    protected override bool ReleaseHandle()
    {
        var pointer = handle;
        AvCodec.FreeContext(&pointer);
        return true;
    }

    private static NativeCodec? Make(nint codec) => codec == 0
        ? null
        : new NativeCodec(LibavError.Check(AvCodec.AllocateContext(codec), "avcodec_alloc_context3"), codec);
}
