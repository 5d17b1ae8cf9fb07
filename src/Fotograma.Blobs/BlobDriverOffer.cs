using Microsoft.Extensions.Hosting;

namespace Fotograma.Blobs;

/// <summary>A driver that a program brings along beside the one for folders. It is registered only in processes that keep blobs and whose configuration names it.</summary>
/// <param name="Name">Its name in <c>Blobs:Driver</c>.</param>
/// <param name="Register">Reads its settings and registers an <see cref="Drivers.IBlobDriver"/>.</param>
public sealed record BlobDriverOffer(string Name, Action<IHostApplicationBuilder> Register);
