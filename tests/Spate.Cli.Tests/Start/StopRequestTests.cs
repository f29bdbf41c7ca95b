using Microsoft.Extensions.Logging;
using Spate.Cli.Start;

namespace Spate.Cli.Tests.Start;

public sealed class StopRequestTests
{
    private readonly Lines _lines = new();
    private readonly StopRequest _stop;

    public StopRequestTests() => _stop = new StopRequest(_lines);

    [Fact]
    public void A_signal_while_it_starts_is_told_what_comes_of_it_and_the_second_one_ends_the_process()
    {
        Assert.False(_stop.Asked.IsCompleted);
        Assert.True(_stop.Take());
        Assert.True(_stop.Asked.IsCompleted);
        Assert.False(_stop.Take());
        Assert.StartsWith("Told to stop while starting", Assert.Single(_lines.Told), StringComparison.Ordinal);
    }

    [Fact]
    public void Signals_after_the_start_are_not_told_that_it_is_starting_and_none_cuts_the_stop_short()
    {
        _stop.Started();
        Assert.True(_stop.Take());
        Assert.True(_stop.Take());
        Assert.True(_stop.Asked.IsCompleted);
        Assert.Empty(_lines.Told);
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
