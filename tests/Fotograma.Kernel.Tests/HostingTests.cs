using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Kernel.Tests;

public sealed class CheckedOptionsTests
{
    [Fact]
    public void Settings_are_bound_once_and_shared()
    {
        var builder = Builder(("Oven:Degrees", "180"));
        var oven = builder.AddChecked<Oven>("Oven");
        oven.Degrees.ShouldBe(180);
        builder.AddChecked<Oven>("Oven").ShouldBeSameAs(oven);
        builder.Services.BuildServiceProvider().GetRequiredService<Oven>().ShouldBeSameAs(oven);
        builder.Services.ConfigurationFaults().ShouldBeEmpty();
    }

    [Fact]
    public void Every_fault_of_every_section_is_gathered()
    {
        var builder = Builder(("Oven:Degrees", "-1"), ("Oven:Minutes", "0"), ("Data:Folder", " "));
        builder.AddChecked<Oven>("Oven");
        builder.AddChecked<DataOptions>(DataOptions.Section);
        builder.Services.ConfigurationFaults().ShouldBe(["Oven: Degrees must be positive.", "Oven: Minutes must be positive.", "Data: Folder must name a folder."]);
    }

    [Theory]
    [InlineData("Oven:Degreees", "1")]
    [InlineData("Oven:Degrees", "hot")]
    public void Setting_that_is_not_understood_is_a_fault(string key, string value)
    {
        var builder = Builder((key, value));
        builder.AddChecked<Oven>("Oven");
        builder.Services.ConfigurationFaults().ShouldHaveSingleItem().ShouldStartWith("Oven: ");
    }

    private static HostApplicationBuilder Builder(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        return builder;
    }

    private sealed class Oven : ICheckedOptions
    {
        public int Degrees { get; set; } = 1;

        public int Minutes { get; set; } = 1;

        public IEnumerable<string> Problems()
        {
            if (Degrees <= 0) yield return "Degrees must be positive.";
            if (Minutes <= 0) yield return "Minutes must be positive.";
        }
    }
}

public sealed class IdsTests
{
    [Fact]
    public void Ids_sort_by_the_time_they_were_made_and_differ()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(55));
        var ids = new Ids(clock);
        var made = new List<Guid>();
        for (var i = 0; i < 100; i++)
        {
            made.Add(ids.New());
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        made.Select(id => id.ToString()).ShouldBeInOrder();
        made.ShouldAllBe(id => id.Version == 7);
        Enumerable.Range(0, 100).Select(_ => ids.New()).Distinct().Count().ShouldBe(100);
    }
}

public sealed class SignalTests
{
    private readonly FakeTimeProvider clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signal_set_while_nobody_waits_is_kept_and_counts_once()
    {
        var signal = new Signal(clock);
        signal.Set();
        signal.Set();
        (await signal.WaitAsync(TimeSpan.FromHours(1), Cancellation)).ShouldBeTrue();
        var second = signal.WaitAsync(TimeSpan.FromHours(1), Cancellation);
        second.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromHours(1));
        (await second).ShouldBeFalse();
    }

    [Fact]
    public async Task Signal_wakes_who_waits()
    {
        var signal = new Signal(clock);
        var waiting = signal.WaitAsync(TimeSpan.FromHours(1), Cancellation);
        signal.Set();
        (await waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        var signal = new Signal(clock);
        using var cancelling = new CancellationTokenSource();
        var waiting = signal.WaitAsync(TimeSpan.FromHours(1), cancelling.Token);
        await cancelling.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }
}
