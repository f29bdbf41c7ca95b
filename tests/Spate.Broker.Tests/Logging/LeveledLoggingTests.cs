using Microsoft.Extensions.Logging;
using Spate.Broker.Logging;
using Spate.Broker.Tests.Handlers.Configs;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;

namespace Spate.Broker.Tests.Logging;

public sealed class LeveledLoggingTests : IDisposable
{
    private readonly LeveledLogging _logging = new(new TestLog(), LogLevel.Information);

    public void Dispose() => _logging.Dispose();

    [Theory]
    [InlineData("", LogLevel.Information)]
    [InlineData("root=Warning", LogLevel.Warning)]
    [InlineData("A=Error", LogLevel.Error)]
    [InlineData("A.B=Debug;A=Error", LogLevel.Debug)]
    [InlineData("A.B.C=Trace;A.B=Error", LogLevel.Trace)]
    [InlineData("A.B.C=Trace;A.B.C=", LogLevel.Information)]
    [InlineData("A.B.CC=Trace", LogLevel.Information)]
    public void Set_NameOfALoggerOrItsBeginning_HoldsForIt(string levels, LogLevel expected)
    {
        var logger = _logging.CreateLogger("A.B.C");
        foreach (var pair in levels.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('=')))
        {
            _logging.Set([new(pair[0], pair[1].Length == 0 ? null : Enum.Parse<LogLevel>(pair[1]))]);
        }

        Assert.True(logger.IsEnabled(expected));
        Assert.False(expected > LogLevel.Trace && logger.IsEnabled(expected - 1));
        Assert.Same(logger, _logging.CreateLogger("A.B.C"));
    }

    [Fact]
    public void IsKnown_RootLoggersAndTheirBeginnings_AreKnown()
    {
        _logging.CreateLogger("A.B.C");

        Assert.All(new[] { "root", "A", "A.B", "A.B.C" }, name => Assert.True(_logging.IsKnown(name), name));
        Assert.All(new[] { "A.", "A.B.CC", "B", "" }, name => Assert.False(_logging.IsKnown(name), name));
    }

    [Fact]
    public async Task A_level_that_is_set_lets_the_brokers_lines_through_or_keeps_them_back()
    {
        await using var broker = await TestBroker.StartAsync();
        const string server = "Spate.Broker.Hosting.BrokerServer";
        await broker.SetAsync(AskConfigs.Loggers, (server, "WARN"));
        await broker.CreateTopicAsync("quiet");
        await broker.SetAsync(AskConfigs.Loggers, (server, "info"));
        await broker.CreateTopicAsync("loud");

        Assert.DoesNotContain(broker.Log.Lines, line => line.Text.Contains("Created topic quiet", StringComparison.Ordinal));
        Assert.Contains(broker.Log.Lines, line => line.Text.Contains("Created topic loud", StringComparison.Ordinal));
        var told = await broker.DescribeAsync(AskConfigs.Loggers, server);
        Assert.Equal(("INFO", (sbyte)6, false), (told.Value, told.ConfigSource, told.ReadOnly));
        await broker.AskAsync(AskConfigs.Alter(AskConfigs.Loggers, (server, AskConfigs.Delete, null), ("Spate.Broker", AskConfigs.Set, "FATAL")), 1);
        Assert.Equal("FATAL", (await broker.DescribeAsync(AskConfigs.Loggers, server)).Value);
    }

    [Theory]
    [InlineData("root", AskConfigs.Delete, null, ErrorCode.InvalidRequest)]
    [InlineData("root", AskConfigs.Set, "LOUD", ErrorCode.InvalidConfig)]
    [InlineData("root", AskConfigs.Set, null, ErrorCode.InvalidConfig)]
    [InlineData("root", AskConfigs.Append, "INFO", ErrorCode.InvalidRequest)]
    [InlineData("org.apache.kafka", AskConfigs.Set, "INFO", ErrorCode.InvalidConfig)]
    public async Task A_level_that_cannot_be_set_is_refused_with_all_that_came_with_it(string name, sbyte operation, string? value, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(AskConfigs.Alter(AskConfigs.Loggers, ("Spate", AskConfigs.Set, "ERROR"), (name, operation, value)), 1);

        Assert.Equal(error, reply.Responses[0].ErrorCode);
        Assert.EndsWith(".", reply.Responses[0].ErrorMessage, StringComparison.Ordinal);
        Assert.All((await broker.AskAsync(AskConfigs.Describe(AskConfigs.Loggers), 4)).Results[0].Configs, config => Assert.Equal("TRACE", config.Value));
        var twice = await broker.AskAsync(AskConfigs.Alter(AskConfigs.Loggers, ("root", AskConfigs.Set, "ERROR"), ("root", AskConfigs.Set, "INFO")), 1);
        Assert.Equal(ErrorCode.InvalidRequest, twice.Responses[0].ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, (await broker.AskAsync(AskConfigs.Replace(AskConfigs.Loggers, ("root", "INFO")), 2)).Responses[0].ErrorCode);
    }
}
