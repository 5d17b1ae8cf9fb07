using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Tests;

/// <summary>Deaths that met nobody are no proof.</summary>
public sealed class EncountersTests
{
    private static readonly EndurancePlan Plan = new(Jobs: 10, WorkerKills: 4, BrokerKills: 1, DatabaseStops: 1);

    [Fact]
    public void A_run_in_which_deaths_met_jobs_proves_something()
    {
        var met = Met(workersWithJobs: 2, openAtBroker: 1, openAtDatabase: 5);
        met.Problems().ShouldBeEmpty();
        met.Sentence.ShouldStartWith("2 of 4 killed workers had jobs in hand, 6 in all; 1 of 1 kills of the broker and 1 of 1 stops of PostgreSQL came while jobs were open");
    }

    [Theory]
    [InlineData(1, 1, 1, "Only 1 of 4 killed workers had a job in hand")]
    [InlineData(4, 0, 1, "Only 0 of 1 kills of the broker")]
    [InlineData(4, 1, 0, "Only 0 of 1 stops of PostgreSQL")]
    public void A_run_in_which_they_met_nobody_is_complained_of(int workersWithJobs, long openAtBroker, long openAtDatabase, string complaint) =>
        Met(workersWithJobs, openAtBroker, openAtDatabase).Problems().ShouldHaveSingleItem().ShouldStartWith(complaint);

    private static Encounters Met(int workersWithJobs, long openAtBroker, long openAtDatabase)
    {
        var met = new Encounters(Plan);
        for (var worker = 0; worker < Plan.WorkerKills; worker++) met.Worker(worker < workersWithJobs ? 3 : 0);
        met.Broker(openAtBroker);
        met.Database(openAtDatabase);
        return met;
    }
}
