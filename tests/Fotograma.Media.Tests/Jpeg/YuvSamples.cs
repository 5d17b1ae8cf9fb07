using System.Collections.Concurrent;
using Fotograma.Clips;
using Fotograma.Media.Jpeg;

namespace Fotograma.Media.Tests.Jpeg;

/// <summary>A picture's planes one after the other, rows tight, as ffmpeg's raw video has them.</summary>
internal sealed record YuvSamples(int Width, int Height, string Format, byte[] Bytes)
{
    private static readonly ConcurrentDictionary<(string, int, int, string), Task<YuvSamples>> Made = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private int WidthShift => Format == "yuvj444p" ? 0 : 1;

    private int HeightShift => Format == "yuvj420p" ? 1 : 0;

    public static readonly string[] Formats = ["yuvj420p", "yuvj422p", "yuvj444p"];

    public static readonly string[] Kinds = ["noise", "flat", "black", "white", "gradient", "smooth", "text", "pixel board", "block board", "columns", "quiet"];

    public static YuvSamples Make(string kind, int width, int height, string format, int seed = 1)
    {
        var random = new Random(seed);
        var empty = new YuvSamples(width, height, format, []);
        var bytes = new List<byte>();
        for (var component = 0; component < YuvPicture.Components; component++)
        {
            var (columns, rows) = empty.SizeOf(component);
            for (var y = 0; y < rows; y++)
            {
                for (var x = 0; x < columns; x++) bytes.Add(Value(x, y));
            }
        }

        return empty with { Bytes = [.. bytes] };

        byte Value(int x, int y) => kind switch
        {
            "noise" => (byte)random.Next(256),
            "flat" => 77,
            "black" => 0,
            "white" => 255,
            "gradient" => (byte)(x + 2 * y),
            "smooth" => (byte)(128 + 100 * Math.Sin(x / 9.0) * Math.Cos(y / 13.0) + random.Next(3)),
            "text" => (byte)(x % 11 < 6 && y % 8 < 6 && (x * 7 / 11 + y / 8 * 5) % 3 > 0 ? 20 : 250),
            "pixel board" => (byte)((x + y) % 2 * 255),
            "block board" => (byte)((x / 8 + y / 8) % 2 * 255),
            "columns" => (byte)(x % 2 * 255),
            "quiet" => (byte)(100 + random.Next(4)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    /// <summary>One frame of a filter source, which is asked for it once.</summary>
    public static Task<YuvSamples> FromAsync(string source, int width, int height, string format) => Made.GetOrAdd((source, width, height, format), async _ => new YuvSamples(
        width, height, format, await Tool.RunAsync(
            "ffmpeg", ["-f", "lavfi", "-i", source, "-frames:v", "1", "-vf", $"scale={width}:{height}:out_range=full", "-pix_fmt", format, "-f", "rawvideo", "-"], CancellationToken.None)));

    /// <summary>What the encoder makes of the picture when its rows lie <paramref name="padding"/> bytes further apart than they must.</summary>
    public byte[] Encode(JpegEncoder encoder, int padding = 0)
    {
        var from = 0;
        var (luma, blue, red) = (Padded(0), Padded(1), Padded(2));
        return encoder.Encode(new YuvPicture(Width, Height, WidthShift, HeightShift)
        {
            Luma = new Plane(luma, SizeOf(0).Columns + padding),
            Blue = new Plane(blue, SizeOf(1).Columns + padding),
            Red = new Plane(red, SizeOf(2).Columns + padding),
        }).ToArray();

        byte[] Padded(int component)
        {
            var (columns, rows) = SizeOf(component);
            var plane = new byte[(columns + padding) * (rows - 1) + columns];
            for (var y = 0; y < rows; y++, from += columns) Bytes.AsSpan(from, columns).CopyTo(plane.AsSpan(y * (columns + padding)));
            return plane;
        }
    }

    /// <summary>What ffmpeg's encoder makes of it.</summary>
    public Task<byte[]> EncodeWithFfmpegAsync(int scale) => Tool.RunAsync(
        "ffmpeg",
        ["-f", "rawvideo", "-video_size", $"{Width}x{Height}", "-pixel_format", Format, "-i", "-", "-c:v", "mjpeg", "-qmin", "1", "-q:v", $"{scale}", "-f", "mjpeg", "-"],
        Cancellation, Bytes);

    /// <summary>How near a file's samples are to these, in dB; ffmpeg decodes it and must not complain.</summary>
    public async Task<double> PsnrAsync(byte[] file)
    {
        var decoded = await Tool.RunAsync(
            "ffmpeg", ["-xerror", "-err_detect", "explode", "-f", "jpeg_pipe", "-i", "-", "-pix_fmt", Format, "-f", "rawvideo", "-"], Cancellation, file);
        decoded.Length.ShouldBe(Bytes.Length);
        var squares = 0.0;
        for (var i = 0; i < Bytes.Length; i++) squares += (Bytes[i] - decoded[i]) * (Bytes[i] - decoded[i]);
        return 10 * Math.Log10(255.0 * 255 * Bytes.Length / Math.Max(squares, 1));
    }

    private (int Columns, int Rows) SizeOf(int component) =>
        component == 0 ? (Width, Height) : (Width + WidthShift >> WidthShift, Height + HeightShift >> HeightShift);
}
