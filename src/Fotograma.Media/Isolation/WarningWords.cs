using System.Collections.Frozen;
using Fotograma.Media.Faults;

namespace Fotograma.Media.Isolation;

/// <summary>
/// All that a decoder may say in a warning: the sentences of each code, with gaps for numbers. People read them, so nothing that was made up on
/// the way, in a decoder that obeys somebody else, may be among them.
/// </summary>
internal static class WarningWords
{
    private const string Gap = "{}";

    /// <summary>Longest number, in characters.</summary>
    private const int NumberCharactersMax = 48;

    private static readonly FrozenDictionary<string, string[]> Sentences = new Dictionary<string, string[]>
    {
        ["rotation_applied"] = ["The images are turned the way players show the video."],
        ["rotation_ignored"] = ["The video asks for a rotation that is not a quarter turn; the images are not rotated."],
        ["pixel_aspect_ignored"] = ["The video says its pixels are {}:{}, which cannot be; they are taken as square."],
        ["pixels_squared"] = ["The video's pixels are {}:{}; the images are scaled in width so that pixels are square."],
        ["hdr"] = ["The video is HDR; the images are tone-mapped to the range and colours of ordinary images."],
        ["hdr_kept"] = ["The video is HDR; the images hold its values without tone mapping and can look flat."],
        ["deinterlaced"] = ["Interlaced pictures were made whole: each image shows the moment of its frame's first field."],
        ["interlaced"] =
        [
            "The video says its pictures are interlaced; the images are made whole unless asked otherwise.",
            "The video says its pictures are interlaced; the images are made of them as they are.",
        ],
        ["variable_frame_rate"] = ["The video has no fixed frame rate; every image carries its real time."],
        ["timestamps_missing"] = ["{} frames had no time in the file; it was estimated."],
        ["size_changes"] = ["The picture's size changes within the video; images have the size of their frame."],
        ["time_jumps"] = ["The file's clock jumps; times go on without the gap."],
        ["damaged"] =
        [
            "The video is damaged around {} s; images there may be wrong or missing.",
            "The video is damaged from about {} s to {} s; images there may be wrong or missing.",
            "The video is damaged in {} more places; images there may be wrong or missing.",
        ],
        ["cut_off"] = ["The file ends before the video does."],
        [MediaWarning.TimestampOutOfRange] = ["Nothing is on screen at {} s.", "Nothing is on screen at {} s in the ranges asked for."],
        [MediaWarning.FrameOutOfRange] =
        [
            "The video has no frame {}.", "The video has no frame {} to {}.",
            "The video has no frame {} in the ranges asked for.", "The video has no frame {} to {} in the ranges asked for.",
        ],
    }.ToFrozenDictionary();

    /// <summary>Every code there is.</summary>
    public static IReadOnlyList<string> Codes => Sentences.Keys;

    /// <summary>Whether a warning with this code may say this.</summary>
    public static bool Allow(string code, string message) => Sentences.TryGetValue(code, out var sentences) && Array.Exists(sentences, sentence => Fits(message, sentence));

    private static bool Fits(ReadOnlySpan<char> text, ReadOnlySpan<char> sentence)
    {
        while (true)
        {
            var gap = sentence.IndexOf(Gap);
            if (gap < 0) return text.SequenceEqual(sentence);
            if (!text.StartsWith(sentence[..gap])) return false;
            text = text[gap..];
            sentence = sentence[(gap + Gap.Length)..];
            var number = NumberAt(text);
            if (number is 0 or > NumberCharactersMax) return false;
            text = text[number..];
        }
    }

    /// <summary>How many characters at the start are a number: digits, a sign, a fraction.</summary>
    private static int NumberAt(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiDigit(text[length]) || IsMarkBeforeDigit(text[length..]))) length++;
        return length;
    }

    private static bool IsMarkBeforeDigit(ReadOnlySpan<char> text) => text.Length > 1 && text[0] is ('-' or '/' or '.') && char.IsAsciiDigit(text[1]);
}
