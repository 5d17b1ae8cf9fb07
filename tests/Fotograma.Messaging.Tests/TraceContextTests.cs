using System.Diagnostics;
using Fotograma.Messages;

namespace Fotograma.Messaging.Tests;

/// <summary>What is passed on of the trace that a request belongs to.</summary>
public sealed class TraceContextTests
{
    [Fact]
    public void Work_that_nobody_traces_belongs_to_none()
    {
        Activity.Current = null;
        TraceContext.Current.ShouldBeNull();
        TraceContext.Of(null, "vendor=opaque").ShouldBeNull();
    }

    [Theory]
    [InlineData("vendor=opaque,other=1", "vendor=opaque,other=1")]
    [InlineData(null, null)]
    [InlineData(" ", null)]
    [InlineData("vendor=ação", null)]
    public void Notes_of_tracing_systems_are_passed_on_as_they_came_if_they_are_such(string? came, string? passed)
    {
        using var work = new Activity("request") { TraceStateString = came }.SetIdFormat(ActivityIdFormat.W3C).Start();
        TraceContext.Current.ShouldBe(new TraceContext(work.Id!, passed));
    }

    [Fact]
    public void Notes_that_are_too_long_lose_whole_entries_from_the_end()
    {
        var entries = Enumerable.Range(0, 32).Select(number => $"vendor{number}={new string('x', 30)}").ToList();
        using var work = new Activity("request") { TraceStateString = string.Join(',', entries) }.SetIdFormat(ActivityIdFormat.W3C).Start();

        var passed = TraceContext.Current!.State!;

        passed.Length.ShouldBeInRange(512 - 39, 512);
        passed.Split(',').ShouldBe(entries.Take(passed.Split(',').Length));
    }

    [Fact]
    public void Work_that_is_started_with_one_belongs_to_the_trace_and_keeps_the_notes()
    {
        var trace = new TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "vendor=opaque");
        var activity = trace.ToActivity();
        activity.TraceId.ToHexString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        activity.TraceState.ShouldBe("vendor=opaque");
        new TraceContext("nonsense").ToActivity().ShouldBe(default);
    }
}
