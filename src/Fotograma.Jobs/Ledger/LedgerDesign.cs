using Fotograma.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Fotograma.Jobs.Ledger;

/// <summary>Lets <c>dotnet ef</c> make migrations without starting the server.</summary>
internal sealed class LedgerDesign : IDesignTimeDbContextFactory<LedgerDb>
{
    public LedgerDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<LedgerDb>();
        DatabaseRegistration.ConfigureForTools(options, args);
        return new LedgerDb(options.Options);
    }
}
