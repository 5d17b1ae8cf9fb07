using System.Globalization;
using System.Net;
using System.Text;
using Fotograma.Messages;

namespace Fotograma.Notify.Wording;

/// <summary>A mail's words: subject, plain text and the same as simple HTML. Names are strangers' text and never become markup or header lines.</summary>
internal sealed record Letter(string Subject, string Text, string Html)
{
    private const double BytesPerMegabyte = 1_000_000;

    /// <summary>The frames are ready.</summary>
    public static Letter Ready(string language, string person, VideoProcessed message, string link)
    {
        var words = Phrases.In(language);
        var video = OneLine.Of(message.VideoName);
        var megabytes = (message.ArchiveBytes / BytesPerMegabyte).ToString("0.0", CultureInfo.InvariantCulture).Replace(".", words.DecimalMark, StringComparison.Ordinal);
        List<string> body = [Fill(words.ReadyBody, video, message.Frames), Fill(words.ReadySize, $"{megabytes} MB")];
        if (message.Warnings > 0) body.Add(Fill(words.ReadyWarnings, message.Warnings));
        return Write(words, Fill(words.ReadySubject, video), person, body, words.ReadyLink, link);
    }

    /// <summary>The video could not be processed.</summary>
    public static Letter Failed(string language, string person, VideoFailed message, string link)
    {
        var words = Phrases.In(language);
        var video = OneLine.Of(message.VideoName);
        return Write(
            words, Fill(words.FailedSubject, video), person,
            [Fill(words.FailedBody, video), Fill(words.FailedReason, OneLine.Of(message.Reason))], words.FailedLink, link);
    }

    private static string Fill(string phrase, params ReadOnlySpan<object> values) => string.Format(CultureInfo.InvariantCulture, phrase, values);

    private static Letter Write(Phrases words, string subject, string person, List<string> body, string linkText, string link)
    {
        var greeting = Fill(words.Greeting, OneLine.Of(person));
        var text = new StringBuilder().Append(greeting).Append("\n\n");
        foreach (var sentence in body) text.Append(sentence).Append('\n');
        text.Append('\n').Append(linkText).Append(":\n").Append(link).Append("\n\n-- \n").Append(words.Footer).Append('\n');

        var html = new StringBuilder("<!doctype html>\n<html lang=\"").Append(words.Language).Append("\"><head><meta charset=\"utf-8\"><title>")
            .Append(Escape(subject)).Append("</title></head>\n<body style=\"font-family:sans-serif\">\n<p>").Append(Escape(greeting)).Append("</p>\n");
        foreach (var sentence in body) html.Append("<p>").Append(Escape(sentence)).Append("</p>\n");
        html.Append("<p><a href=\"").Append(Escape(link)).Append("\">").Append(Escape(linkText)).Append("</a></p>\n<hr><p><small>")
            .Append(Escape(words.Footer)).Append("</small></p>\n</body></html>\n");
        return new Letter(subject, text.ToString(), html.ToString());
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
