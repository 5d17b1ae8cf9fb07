// Compares PNG encoders on pictures: png RUNS PICTURE.ppm [PICTURE.ppm ...]; bench/png.sh makes the pictures and runs it ahead of time
// compiled, as the decoder is.
//
// Every picture is encoded RUNS times in turn by each encoder of this program (A B A B ...) on one thread; printed is the shortest time,
// which on a machine with other work says most about the code. ffmpeg's times are its own account of CPU (-benchmark) for 12
// pictures minus that for handing them on unencoded, with one thread.
#:project ../src/Fotograma.Media/Fotograma.Media.csproj
#:property AssemblyName=fotograma-bench-png
#:property RestorePackagesWithLockFile=false
#:property CppCompilerAndLinker=gcc
#:property OptimizationPreference=Speed
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using Fotograma.Media.Png;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length < 2 || !int.TryParse(args[0], out var runs) || runs < 1)
{
    Console.Error.WriteLine("usage: png RUNS PICTURE.ppm [PICTURE.ppm ...]");
    return 2;
}

Console.WriteLine($"Fotograma: {PngEncoder.Description}.");
Console.WriteLine();
Console.WriteLine("| | Fotograma | | zlib-ng 2, Up | | faster | size | ffmpeg | | ffmpeg -compression_level 1 -pred up | |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
Console.WriteLine("| | ms | bytes | ms | bytes | times | ratio | ms | bytes | ms | bytes |");
var png = new PngEncoder();
using var before = new ZlibPng();
foreach (var path in args.Skip(1))
{
    var picture = Ppm.Read(path);
    var (ours, theirs) = (double.MaxValue, double.MaxValue);
    var (ourBytes, theirBytes) = (0L, 0L);
    for (var run = 0; run <= runs; run++)
    {
        ours = Math.Min(ours, Milliseconds(() => ourBytes = png.Encode(picture.Rgb.Span, picture.Width, picture.Height, 3 * picture.Width).Length));
        theirs = Math.Min(theirs, Milliseconds(() => theirBytes = before.Encode(picture)));
    }

    var usual = Ffmpeg.Encode(path, []);
    var quick = Ffmpeg.Encode(path, ["-compression_level", "1", "-pred", "up"]);
    Console.WriteLine($"| {Path.GetFileNameWithoutExtension(path)} | {ours:0.0} | {ourBytes} | {theirs:0.0} | {theirBytes} "
        + $"| {theirs / ours:0.0} | {(double)ourBytes / theirBytes:0.00} "
        + $"| {usual.Milliseconds:0.0} | {usual.Bytes} | {quick.Milliseconds:0.0} | {quick.Bytes} |");
}

return 0;

static double Milliseconds(Action work)
{
    var started = Stopwatch.GetTimestamp();
    work();
    return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
}

internal sealed record Ppm(int Width, int Height, ReadOnlyMemory<byte> Rgb)
{
    /// <summary>Reads a binary portable pixmap as ffmpeg writes it: P6, width, height, 255, each followed by white space.</summary>
    public static Ppm Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var position = 2;
        var numbers = new int[3];
        for (var i = 0; i < numbers.Length; i++)
        {
            position++;
            for (; char.IsAsciiDigit((char)bytes[position]); position++) numbers[i] = numbers[i] * 10 + bytes[position] - '0';
        }

        return new Ppm(numbers[0], numbers[1], bytes.AsMemory(position + 1));
    }
}

/// <summary>What a general compressor does: every row filtered with Up, the runtime's zlib at level 2.</summary>
internal sealed class ZlibPng : IDisposable
{
    private const int BatchRows = 22;

    private readonly MemoryStream output = new();
    private readonly ZLibCompressionOptions options = new() { CompressionLevel = 2 };
    private byte[] filtered = [];

    public long Encode(Ppm picture)
    {
        var rowBytes = picture.Width * 3;
        if (filtered.Length != BatchRows * (rowBytes + 1)) filtered = new byte[BatchRows * (rowBytes + 1)];
        output.SetLength(0);
        using (var zlib = new ZLibStream(output, options, leaveOpen: true))
        {
            for (var y = 0; y < picture.Height; y += BatchRows)
            {
                var rows = Math.Min(BatchRows, picture.Height - y);
                for (var row = 0; row < rows; row++) Filter(picture, y + row, rowBytes, filtered.AsSpan(row * (rowBytes + 1), rowBytes + 1));
                zlib.Write(filtered, 0, rows * (rowBytes + 1));
            }
        }

        return output.Length;
    }

    public void Dispose() => output.Dispose();

    private static void Filter(Ppm picture, int y, int rowBytes, Span<byte> target)
    {
        var row = picture.Rgb.Span.Slice(y * rowBytes, rowBytes);
        target[0] = y == 0 ? (byte)0 : (byte)2;
        if (y == 0) row.CopyTo(target[1..]);
        else Subtract(row, picture.Rgb.Span.Slice((y - 1) * rowBytes, rowBytes), target[1..]);
    }

    private static void Subtract(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> target)
    {
        var left = MemoryMarshal.Cast<byte, Vector<byte>>(row);
        var right = MemoryMarshal.Cast<byte, Vector<byte>>(above)[..left.Length];
        var wide = MemoryMarshal.Cast<byte, Vector<byte>>(target)[..left.Length];
        for (var i = 0; i < left.Length; i++) wide[i] = left[i] - right[i];
        for (var i = left.Length * Vector<byte>.Count; i < row.Length; i++) target[i] = (byte)(row[i] - above[i]);
    }
}

internal static class Ffmpeg
{
    private const int Pictures = 12;

    public static (double Milliseconds, long Bytes) Encode(string path, string[] options)
    {
        var made = Path.ChangeExtension(path, ".ffmpeg.png");
        Run(["-y", "-i", path, .. options, made]);
        var encoding = Seconds(path, ["-c:v", "png", .. options]);
        var reading = Seconds(path, ["-c:v", "wrapped_avframe"]);
        return ((encoding - reading) * 1000 / Pictures, new FileInfo(made).Length);
    }

    private static double Seconds(string path, string[] options)
    {
        var said = Run(["-benchmark", "-loop", "1", "-i", path, "-frames:v", $"{Pictures}", "-threads", "1", .. options, "-f", "null", "-"]);
        var line = said.Split('\n').First(line => line.StartsWith("bench: utime=", StringComparison.Ordinal));
        return line["bench: ".Length..].Split(' ').Take(2).Sum(part => double.Parse(part.Split('=')[1].TrimEnd('s'), CultureInfo.InvariantCulture));
    }

    private static string Run(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "info", "-nostats", "-nostdin", .. arguments]) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException(said);
    }
}
