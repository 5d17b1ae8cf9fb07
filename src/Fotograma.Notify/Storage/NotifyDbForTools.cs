using Fotograma.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Fotograma.Notify.Storage;

/// <summary>Lets <c>dotnet ef</c> make the context; never used by the running program.</summary>
internal sealed class NotifyDbForTools : IDesignTimeDbContextFactory<NotifyDb>
{
    public NotifyDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<NotifyDb>();
        DatabaseRegistration.ConfigureForTools(options, args);
        return new NotifyDb(options.Options);
    }
}
