using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Fotograma.Fleeting.Store;
using Fotograma.Kernel.Errors;
using Microsoft.Extensions.Logging;

namespace Fotograma.Auth.SignIn;

/// <summary>
/// Slows down whoever guesses passwords: so many failed sign-ins in a window of time for one account, whether it exists or not, and for one network address. An
/// attempt counts before its password is looked at, so that many at once do not slip through, and is taken back when the password was right.
/// </summary>
internal sealed partial class SignInLimit(FleetingMemory memory, AuthOptions options, ILogger<SignInLimit> log)
{
    private const int NetworkBytesOfIpv6 = 8;

    /// <summary>Counts an attempt.</summary>
    /// <exception cref="FaultException">There were too many.</exception>
    public async Task<SignInAttempt> BeginAsync(string login, IPAddress? address, CancellationToken cancellation)
    {
        var attempt = new SignInAttempt($"signin.account.{Digest(login)}", $"signin.address.{NetworkOf(address)}");
        await CountAsync(attempt.Address, options.SignInFailuresPerAddressMax, "address", cancellation);
        await CountAsync(attempt.Account, options.SignInFailuresPerAccountMax, "account", cancellation);
        return attempt;
    }

    /// <summary>Takes an attempt back that did not fail, or not for its password.</summary>
    public async Task TakeBackAsync(SignInAttempt attempt, CancellationToken cancellation)
    {
        await memory.AddAsync(attempt.Account, -1, options.SignInWindow, cancellation);
        await memory.AddAsync(attempt.Address, -1, options.SignInWindow, cancellation);
    }

    private async Task CountAsync(string counter, int most, string kind, CancellationToken cancellation)
    {
        if (most == 0) return;
        var (count, endsIn) = await memory.AddAsync(counter, 1, options.SignInWindow, cancellation);
        if (count <= most) return;
        if (count == most + 1) LogLimited(kind, most);
        throw new FaultException(ErrorCatalogue.TooManySignIns, ErrorCatalogue.TooManySignIns.Advice, []) { RetryAfter = endsIn };
    }

    // What people type as their name is not kept anywhere in the clear; the counter needs no more than that it is the same.
    private static string Digest(string login) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(login.Trim().ToLowerInvariant())).AsSpan(0, 16));

    // One customer of a provider commands a whole /64 of IPv6.
    private static string NetworkOf(IPAddress? address) => address switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, NetworkBytesOfIpv6)),
        _ => address.ToString(),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "More than {Most} sign-ins failed for one {Kind}; further ones have to wait.")]
    private partial void LogLimited(string kind, int most);
}

/// <summary>An attempt that was counted.</summary>
internal sealed record SignInAttempt(string Account, string Address);
