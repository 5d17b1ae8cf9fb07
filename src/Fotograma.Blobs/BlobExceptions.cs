namespace Fotograma.Blobs;

/// <summary>A blob operation that did not succeed for a reason a caller may want to tell apart.</summary>
public abstract class BlobException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>The key is taken, and the writer was not made to overwrite.</summary>
public sealed class BlobExistsException(string key) : BlobException($"The blob {key} exists already.");

/// <summary>There is no such blob.</summary>
public sealed class BlobNotFoundException(string key) : BlobException($"The blob {key} does not exist.");

/// <summary>The blob was replaced or deleted while it was read, and the rest of what was opened cannot be had any more.</summary>
public sealed class BlobReplacedException(string key) : BlobException($"The blob {key} was replaced or deleted while it was read.");

/// <summary>The store holds other bytes than were given to it.</summary>
public sealed class BlobDamagedException(string key, string how) : BlobException($"The blob {key} is damaged: {how}");

/// <summary>The store is full, or so nearly full that it takes no more; or the disk for copies of blobs is.</summary>
public sealed class BlobNoSpaceException(string message, Exception? inner = null) : BlobException(message, inner);

/// <summary>The blob is larger than machines may copy for themselves.</summary>
public sealed class BlobTooLargeException(string key, long bytes, long most)
    : BlobException($"The blob {key} has {bytes} bytes; at most {most} are copied to this machine.");

/// <summary>The store does not answer, or refuses to work, and went on doing so after several tries. Trying again later is right.</summary>
public sealed class BlobStoreUnavailableException(string message, Exception? inner = null) : BlobException(message, inner);
