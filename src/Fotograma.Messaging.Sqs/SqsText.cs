using System.Text;
using Amazon.SQS.Model;

namespace Fotograma.Messaging.Sqs;

/// <summary>Text as message attributes carry it.</summary>
internal static class SqsText
{
    private const string Kind = "String";

    public static MessageAttributeValue Attribute(string text) => new() { DataType = Kind, StringValue = text };

    /// <summary>What an attribute adds to a message's size.</summary>
    public static int Bytes(string name, string text) => name.Length + Kind.Length + Encoding.UTF8.GetByteCount(text);

    /// <summary>The text's beginning in at most so many bytes, without the characters that SQS refuses.</summary>
    public static string Fit(string text, int bytesMax)
    {
        var fit = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            bytesMax -= rune.Utf8SequenceLength;
            if (bytesMax < 0) break;
            fit.Append(IsAllowed(rune) ? rune.ToString() : " ");
        }
        return fit.ToString();
    }

    private static bool IsAllowed(Rune rune) => rune.Value is 0x9 or 0xA or 0xD or (>= 0x20 and <= 0xFFFD) or >= 0x10000;
}
