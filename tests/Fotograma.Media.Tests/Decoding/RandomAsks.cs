using System.Globalization;
using Fotograma.Clips;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>What may be asked for, drawn from a seed: which frames, of which parts, how they look, and what is made beside them.</summary>
internal static class RandomAsks
{
    /// <summary>The options of a seed, as <c>name=value;name=value</c>; the same for ever.</summary>
    public static string Of(int seed)
    {
        var dice = new Dice(seed);
        var (sampling, isNamed) = Frames(dice);
        List<string> parts = [sampling];
        if (dice.Chance(isNamed ? 4 : 2)) parts.Add(Ranges(dice));
        if (dice.Chance(4)) parts.Add($"maxFrames={1 + dice.Next(12)}");
        if (dice.Chance(4)) parts.Add($"dedupe={dice.Next(9)}");
        if (dice.Chance(4)) parts.Add($"crop={2 + dice.Next(39)}x{2 + dice.Next(29)}+{dice.Next(20)}+{dice.Next(15)}");
        if (dice.Chance(4)) parts.Add($"width={2 + dice.Next(150)}{dice.OneOf("", ";enlarge=true")}");
        if (dice.Chance(6)) parts.Add($"height={2 + dice.Next(150)}");
        if (dice.Chance(6)) parts.Add("pixels=stored");
        if (dice.Chance(6)) parts.Add("deinterlace=off");
        if (dice.Chance(4)) parts.Add("extras=poster,storyboard,sheet");
        if (dice.Chance(6)) parts.Add("hdr=keep");
        if (dice.Chance(6)) parts.Add("name={time}_{sourceFrame}");
        parts.Add(dice.OneOf("format=png", "format=png", "format=jpeg;quality=80", "format=webp"));
        return string.Join(';', parts);
    }

    private static (string Ask, bool IsNamed) Frames(Dice dice) => dice.Next(9) switch
    {
        0 => ($"fps={1 + dice.Next(60)}/{1 + dice.Next(20)}", false),
        1 => ($"every={Seconds(dice, 3000)}", false),
        2 => ($"count={1 + dice.Next(40)}", false),
        3 => ($"timestamps={Several(dice, () => Seconds(dice, 7000))}", true),
        4 => ($"frames={Several(dice, () => Numbers(dice))}", true),
        5 => ("keyframes=true", false),
        6 or 7 => ($"scenes={Text(dice.Next(60))}", false),
        _ => ("all=true", false),
    };

    private static string Numbers(Dice dice)
    {
        var first = dice.Next(160);
        return dice.Chance(3) ? $"{first}-{first + dice.Next(20)}" : $"{first}";
    }

    private static string Ranges(Dice dice)
    {
        int[] ends = [.. Enumerable.Range(0, 2 * (1 + dice.Next(3))).Select(_ => 1 + dice.Next(7000)).Distinct().Order()];
        var ranges = ends.Chunk(2).Select(pair => pair.Length == 2 ? $"{Text(pair[0])}-{Text(pair[1])}" : $"{Text(pair[0])}-");
        return $"ranges={string.Join(',', ranges)}";
    }

    private static string Several(Dice dice, Func<string> one) => string.Join(',', Enumerable.Range(0, 1 + dice.Next(12)).Select(_ => one()));

    private static string Seconds(Dice dice, int millisecondsMax) => Text(1 + dice.Next(millisecondsMax));

    private static string Text(int milliseconds) => (milliseconds / 1000m).ToString(CultureInfo.InvariantCulture);
}
