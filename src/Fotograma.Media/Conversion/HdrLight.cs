using System.Runtime.CompilerServices;
using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>The arithmetic of <see cref="ToneMapper"/> for one picture: from YUV codes of limited range to 8-bit sRGB.</summary>
internal readonly unsafe struct HdrLight
{
    private const int SignalSteps = 4096;
    private const int Bt2020 = 9;
    private const int Unspecified = 2;

    private static readonly float[] PqLight = Tabulate(signal => HdrTransfer.FromPq(signal) / ToneCurve.White);
    private static readonly float[] HlgLight = Tabulate(HdrTransfer.FromHlg);
    private static readonly LogTable HlgGain = LogTable.OfNumbers(
        -24, 0, scene => ToneCurve.SourcePeak / ToneCurve.White * Math.Pow(scene, HdrTransfer.HlgSystemExponent));
    private static readonly LogTable Gain = LogTable.OfNumbers(-2, 6, light => ToneCurve.Map(light) / light);
    private static readonly LogTable Code = LogTable.OfCodes(-13, 0, ToneCurve.ToSrgb);

    private readonly float[] table;
    private readonly bool isHlg;
    private readonly float black;
    private readonly float middle;
    private readonly float lumaScale;
    private readonly float redOfRed;
    private readonly float greenOfBlue;
    private readonly float greenOfRed;
    private readonly float blueOfBlue;
    private readonly Gamut gamut;

    /// <summary>Takes transfer, matrix and primaries from the picture's tags; BT.2020 where they are missing.</summary>
    public HdrLight(NativeFrame tags, bool isRgb, int depth)
    {
        isHlg = tags.ColorTransfer == HdrTransfer.HybridLogGamma;
        table = isHlg ? HlgLight : PqLight;
        var unit = 1 << (depth - 8);
        (black, middle) = (16 * unit, 128 * unit);
        lumaScale = (SignalSteps - 1) / (219f * unit);
        var chromaScale = (SignalSteps - 1) / (224.0 * unit);
        var (red, blue) = ColorMatrix.Weights(tags.ColorSpace == Unspecified && !isRgb ? Bt2020 : tags.ColorSpace);
        var green = 1 - red - blue;
        redOfRed = (float)(2 * (1 - red) * chromaScale);
        blueOfBlue = (float)(2 * (1 - blue) * chromaScale);
        greenOfRed = (float)(-2 * (1 - red) * red / green * chromaScale);
        greenOfBlue = (float)(-2 * (1 - blue) * blue / green * chromaScale);
        gamut = Gamut.ToBt709(tags.ColorPrimaries);
    }

    /// <summary>Converts one row.</summary>
    public void Row(ushort* luma, ushort* blue, ushort* red, byte* target, int width)
    {
        for (var x = 0; x < width; x++, target += 3)
        {
            var (y, cb, cr) = ((luma[x] - black) * lumaScale + 0.5f, blue[x] - middle, red[x] - middle);
            var light = new Light(Decode(y + cr * redOfRed), Decode(y + cb * greenOfBlue + cr * greenOfRed), Decode(y + cb * blueOfBlue));
            if (isHlg) light = light.Times(HlgGain.Between(light.Of(0.2627f, 0.6780f, 0.0593f)));
            light = gamut.Fit(light);
            light = light.Times(Gain.Between(light.Largest));
            (target[0], target[1], target[2]) = (Encode(light.Red), Encode(light.Green), Encode(light.Blue));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Encode(float light) => light < 1 ? Code.At(light) : byte.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Decode(float step) => table[Math.Clamp((int)step, 0, SignalSteps - 1)];

    private static float[] Tabulate(Func<double, double> function)
    {
        var values = new float[SignalSteps];
        for (var i = 0; i < SignalSteps; i++) values[i] = (float)function(i / (SignalSteps - 1.0));
        return values;
    }
}

/// <summary>Red, green and blue light, proportional to energy.</summary>
internal readonly record struct Light(float Red, float Green, float Blue)
{
    public float Largest => MathF.Max(Red, MathF.Max(Green, Blue));

    public float Smallest => MathF.Min(Red, MathF.Min(Green, Blue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float red, float green, float blue) => red * Red + green * Green + blue * Blue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Light Times(float factor) => new(Red * factor, Green * factor, Blue * factor);
}

/// <summary>
/// The way of light from one set of primaries to BT.709's. What a channel takes of another one's difference to it is written down rather than nine
/// factors: grey then stays grey to the last bit.
/// </summary>
internal readonly record struct Gamut(float RedOfGreen, float RedOfBlue, float GreenOfRed, float GreenOfBlue, float BlueOfRed, float BlueOfGreen)
{
    private const int Bt709 = 1;
    private const int DisplayP3 = 12;

    /// <summary>From primaries by their number in ISO/IEC 23091-2; BT.2020 (Recommendation ITU-R BT.2087) unless they are others that are known.</summary>
    public static Gamut ToBt709(int primaries) => primaries switch
    {
        Bt709 => default,
        DisplayP3 => new Gamut(-0.224940f, 0, -0.042057f, 0, -0.019638f, -0.078636f),
        _ => new Gamut(-0.587641f, -0.072850f, -0.124550f, -0.008349f, -0.018151f, -0.100579f),
    };

    /// <summary>
    /// The same light by BT.709's primaries. A colour these cannot show, which has a negative part, is mixed with grey of its luminance until it has none:
    /// paler, but neither brighter nor of another hue.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Light Fit(Light light)
    {
        var (red, green, blue) = (light.Red, light.Green, light.Blue);
        var moved = new Light(
            red + RedOfGreen * (green - red) + RedOfBlue * (blue - red),
            green + GreenOfRed * (red - green) + GreenOfBlue * (blue - green),
            blue + BlueOfRed * (red - blue) + BlueOfGreen * (green - blue));
        var smallest = moved.Smallest;
        if (smallest >= 0) return moved;
        var grey = moved.Of(0.2126f, 0.7152f, 0.0722f);
        var share = grey / (grey - smallest);
        return new Light(grey + (moved.Red - grey) * share, grey + (moved.Green - grey) * share, grey + (moved.Blue - grey) * share);
    }
}
