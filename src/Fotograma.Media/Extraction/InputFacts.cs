namespace Fotograma.Media.Extraction;

/// <summary>What the caller knows about the file it hands over; repeated in the manifest.</summary>
/// <param name="Name">The name its owner gave it.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256 in hexadecimal; null when it was not computed.</param>
public sealed record InputFacts(string Name, long Bytes, string? Sha256 = null);
