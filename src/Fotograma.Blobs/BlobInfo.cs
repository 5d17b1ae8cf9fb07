namespace Fotograma.Blobs;

/// <summary>What is known about a blob without reading it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="ModifiedAt">When it was committed.</param>
/// <param name="ETag">Strong entity tag (RFC 9110), quotes included; another content under the same key has another tag.</param>
public sealed record BlobInfo(string Key, long Length, DateTimeOffset ModifiedAt, string ETag);
