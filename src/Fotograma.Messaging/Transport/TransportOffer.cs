using Microsoft.Extensions.Hosting;

namespace Fotograma.Messaging.Transport;

/// <summary>A transport that a program brings along beside the built-in one. It is registered only in processes that send or receive events and whose configuration names it.</summary>
/// <param name="Name">Its name in <c>Messaging:Transport</c>.</param>
/// <param name="Register">Reads its settings and registers an <see cref="ITransport"/>.</param>
public sealed record TransportOffer(string Name, Action<IHostApplicationBuilder> Register);
