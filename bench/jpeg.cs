// Compares the JPEG encoder with libavcodec's at the same quantisation: jpeg RUNS [PICTURE]; bench/jpeg.sh runs it ahead of time compiled,
// as the decoder is.
//
// Pictures are 1080p, made by ffmpeg: `noisy` is like a camera's, `smooth` the same without noise, `screen` has flat areas and sharp edges,
// `static` is noise alone. Both encode each picture in turn (A B A B ...) on one thread, after three rounds to warm up; printed is the
// shortest time of RUNS, which on a machine with other work says most about the code. PSNR is over the samples of all planes, as ffmpeg
// decodes them.
#:property RestorePackagesWithLockFile=false
#:property AllowUnsafeBlocks=true
#:property AssemblyName=fotograma-bench-jpeg
#:property CppCompilerAndLinker=gcc
#:property OptimizationPreference=Speed
#:project ../src/Fotograma.Media/Fotograma.Media.csproj
using System.Diagnostics;
using System.Globalization;
using Fotograma.Media.Jpeg;
using Fotograma.Media.Native;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length < 1 || !int.TryParse(args[0], out var rounds) || rounds < 1)
{
    Console.Error.WriteLine("usage: jpeg RUNS [PICTURE]");
    return 2;
}

var screen = "color=0xf4f4f4:size=1920x1080,drawgrid=width=24:height=40:thickness=2:color=0x203040,drawbox=x=200:y=150:w=900:h=600:color=white:t=fill,"
    + "drawgrid=x=207:y=160:width=11:height=23:thickness=3:color=black@0.8,drawbox=x=1300:w=500:color=0x3060c0:t=fill";
(string Name, string Source)[] pictures =
[
    ("noisy", "mandelbrot=size=640x360,scale=1920:1080:flags=bicubic,noise=alls=4:allf=t"),
    ("smooth", "mandelbrot=size=640x360,scale=1920:1080:flags=bicubic"),
    ("screen", screen),
    ("static", "color=gray:size=1920x1080,noise=alls=100"),
];
Libav.Load();
Console.WriteLine("| picture | format | quality | ms, ours | ms, libav | times faster | bytes, ours | bytes, ratio | PSNR, ours | difference, dB |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
foreach (var (name, source) in pictures)
{
    if (args.Length > 1 && args[1] != name) continue;
    foreach (var format in name == "noisy" ? (string[])["yuvj420p", "yuvj422p", "yuvj444p"] : ["yuvj420p"])
    {
        var raw = Tool.Run(["-f", "lavfi", "-i", source, "-frames:v", "1", "-vf", "scale=out_range=full", "-pix_fmt", format, "-f", "rawvideo", "-"], []);
        using var subject = new Subject(raw, format);
        foreach (var quality in (int[])[1, 50, 90, 97, 100]) Console.WriteLine($"| {name} | {format} | {quality} | {subject.Compare(quality, rounds)} |");
    }
}

return 0;

internal sealed unsafe class Subject : IDisposable
{
    private const int Width = 1920;
    private const int Height = 1080;
    private readonly NativeFrame frame = new();
    private readonly byte[] raw;
    private readonly string format;
    private readonly (int X, int Y) shift;

    public Subject(byte[] raw, string format)
    {
        (this.raw, this.format) = (raw, format);
        shift = format switch { "yuvj420p" => (1, 1), "yuvj422p" => (1, 0), _ => (0, 0) };
        frame.Reshape(Width, Height, PixelFormat.Named(format).Number);
        var from = 0;
        for (var plane = 0; plane < 3; plane++)
        {
            var (columns, rows) = plane == 0 ? (Width, Height) : (Width >> shift.X, Height >> shift.Y);
            for (var y = 0; y < rows; y++, from += columns)
                raw.AsSpan(from, columns).CopyTo(new Span<byte>(frame.Plane(plane) + (nint)y * frame.LineSize(plane), columns));
        }
    }

    public string Compare(int quality, int rounds)
    {
        var ours = new JpegEncoder(quality);
        using var theirs = new LibavJpeg(quality, frame);
        var (ourTime, theirTime) = (double.MaxValue, double.MaxValue);
        byte[] ourFile = [], theirFile = [];
        for (var round = -3; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var our = Encode(ours);
            var middle = Stopwatch.GetTimestamp();
            var their = theirs.Encode(frame);
            var end = Stopwatch.GetTimestamp();
            if (round < 0) (ourFile, theirFile) = (our.ToArray(), their.ToArray());
            if (round < 0) continue;
            ourTime = Math.Min(ourTime, Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds);
            theirTime = Math.Min(theirTime, Stopwatch.GetElapsedTime(middle, end).TotalMilliseconds);
        }

        var (ourPsnr, theirPsnr) = (Psnr(ourFile), Psnr(theirFile));
        return $"{ourTime:0.00} | {theirTime:0.00} | {theirTime / ourTime:0.00} | {ourFile.Length} | {(double)ourFile.Length / theirFile.Length:0.0000} "
            + $"| {ourPsnr:0.000} | {ourPsnr - theirPsnr:+0.000;-0.000}";
    }

    public void Dispose() => frame.Dispose();

    private ReadOnlyMemory<byte> Encode(JpegEncoder encoder)
    {
        return encoder.Encode(new YuvPicture(Width, Height, shift.X, shift.Y)
        {
            Luma = Plane(0, Height), Blue = Plane(1, Height >> shift.Y), Red = Plane(2, Height >> shift.Y),
        });

        Plane Plane(int plane, int rows) => new(new ReadOnlySpan<byte>(frame.Plane(plane), frame.LineSize(plane) * rows), frame.LineSize(plane));
    }

    private double Psnr(byte[] file)
    {
        var decoded = Tool.Run(["-f", "jpeg_pipe", "-i", "-", "-pix_fmt", format, "-f", "rawvideo", "-"], file);
        var squares = 0.0;
        for (var i = 0; i < raw.Length; i++) squares += (raw[i] - decoded[i]) * (raw[i] - decoded[i]);
        return 10 * Math.Log10(255 * 255 / (squares / raw.Length));
    }
}

/// <summary>libavcodec's mjpeg encoder with the settings that <c>ffmpeg -q:v</c> gives it.</summary>
internal sealed class LibavJpeg : IDisposable
{
    private const int Lambda = 118; // FF_QP2LAMBDA
    private readonly NativePacket packet = new();
    private readonly NativeCodec codec = NativeCodec.Encoder("mjpeg")!;
    private readonly int quality;

    public LibavJpeg(int quality, NativeFrame picture)
    {
        this.quality = Lambda * (1 + ((100 - quality) * 30 + 49) / 99);
        codec.For(picture.Width, picture.Height, picture.Format).With("time_base", new NativeRational(1, 25)).With("threads", 1)
            .With("flags", "+qscale+bitexact").With("global_quality", this.quality).With("qmin", 1).Open();
    }

    public ReadOnlySpan<byte> Encode(NativeFrame picture)
    {
        packet.Clear();
        picture.Pts++;
        picture.Quality = quality;
        LibavError.Check(codec.Send(picture), "avcodec_send_frame");
        LibavError.Check(codec.Receive(packet), "avcodec_receive_packet");
        return packet.Data;
    }

    public void Dispose()
    {
        codec.Dispose();
        packet.Dispose();
    }
}

internal static class Tool
{
    public static byte[] Run(string[] arguments, byte[] input)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        reading.GetAwaiter().GetResult();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException("ffmpeg failed");
    }
}
