using Fotograma.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Fotograma.Auth.Storage;

/// <summary>Lets <c>dotnet ef</c> make the context; never used by the running program.</summary>
internal sealed class AuthDbForTools : IDesignTimeDbContextFactory<AuthDb>
{
    public AuthDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<AuthDb>();
        DatabaseRegistration.ConfigureForTools(options, args);
        return new AuthDb(options.Options);
    }
}
