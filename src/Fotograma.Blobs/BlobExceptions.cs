namespace Fotograma.Blobs;

/// <summary>A blob operation that did not succeed for a reason a caller may want to tell apart.</summary>
public abstract class BlobException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>The key is taken, and the writer was not made to overwrite.</summary>
public sealed class BlobExistsException(string key) : BlobException($"The blob {key} exists already.");

/// <summary>There is no such blob.</summary>
public sealed class BlobNotFoundException(string key) : BlobException($"The blob {key} does not exist.");

/// <summary>The store is full, or so nearly full that it takes no more.</summary>
public sealed class BlobNoSpaceException(string message, Exception? inner = null) : BlobException(message, inner);
