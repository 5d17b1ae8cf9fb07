namespace Fotograma.Blobs;

/// <summary>An address that carries its own permission: whoever has it may do that one thing until it expires. It is a secret as long as it lives.</summary>
/// <param name="Address">The address.</param>
/// <param name="Headers">Headers that must be sent along, exactly as they are.</param>
/// <param name="ExpiresAt">When it stops working.</param>
public sealed record SignedAddress(Uri Address, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt);

/// <summary>How a blob is sent to whoever has its address.</summary>
/// <param name="FileName">The name under which it is saved.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="ValidFor">Life of the address, at most seven days.</param>
public sealed record DownloadTerms(string FileName, string ContentType, TimeSpan ValidFor);

/// <summary>What may be sent to an address.</summary>
/// <param name="ContentType">The media type that must be sent along.</param>
/// <param name="ValidFor">Life of the address, at most seven days.</param>
public sealed record UploadTerms(string ContentType, TimeSpan ValidFor);
