using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Spate.Cli.Start;

namespace Spate.Cli.Tests.Start;

public sealed class StopRequestTests
{
    private readonly Lines _lines = new();
    private readonly StopRequest _stop;

    public StopRequestTests() => _stop = new StopRequest(_lines);

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public void A_signal_while_it_starts_is_told_what_comes_of_it_and_the_second_one_ends_the_process(PosixSignal second)
    {
        Assert.False(_stop.Asked.IsCompleted);
        Assert.True(_stop.Take(PosixSignal.SIGINT));
        Assert.True(_stop.Asked.IsCompleted);
        Assert.False(_stop.Take(second));
        Assert.StartsWith("Told to stop while starting", Assert.Single(_lines.Told), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public void After_the_start_the_first_signal_stops_it_in_good_order_and_Ctrl_C_after_that_ends_the_process(PosixSignal first)
    {
        _stop.Started();
        Assert.True(_stop.Take(first));
        Assert.True(_stop.Asked.IsCompleted);
        Assert.StartsWith("Told to stop: Ctrl-C once more ends it", Assert.Single(_lines.Told), StringComparison.Ordinal);
        Assert.False(_stop.Take(PosixSignal.SIGINT));
    }

    [Fact]
    public void Ctrl_C_cuts_a_stop_short_that_was_asked_for_while_it_started()
    {
        Assert.True(_stop.Take(PosixSignal.SIGINT));
        _stop.Started();
        Assert.False(_stop.Take(PosixSignal.SIGINT));
    }

    [Fact]
    public void However_often_it_is_told_to_terminate_after_the_start_the_stop_is_in_good_order()
    {
        _stop.Started();
        Assert.True(_stop.Take(PosixSignal.SIGINT));
        Assert.True(_stop.Take(PosixSignal.SIGTERM));
        Assert.True(_stop.Take(PosixSignal.SIGTERM));
        Assert.Single(_lines.Told);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Told { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Told.Add(formatter(state, exception));
    }
}
