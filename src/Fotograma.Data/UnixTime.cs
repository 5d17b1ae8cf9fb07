using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Fotograma.Data;

/// <summary>Times are stored as Unix milliseconds (UTC), because SQLite has no time type that sorts and compares.</summary>
public static class UnixTime
{
    /// <summary>Applies the convention to every <see cref="DateTimeOffset"/> of a context; call from <c>ConfigureConventions</c>.</summary>
    public static void StoreTimesAsUnixMilliseconds(this ModelConfigurationBuilder conventions) =>
        conventions.Properties<DateTimeOffset>().HaveConversion<Converter>();

    private sealed class Converter() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
