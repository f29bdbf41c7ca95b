using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Spate.Conformance.Processes;

/// <summary>
/// A broker as a user runs it: the real program on a free port, with its data in a directory of its own, both gone when this is disposed
/// of. It can be killed and stopped, and started again on what it left behind.
/// </summary>
internal sealed partial class BrokerProcess : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly string _data;
    private readonly (string Key, string Value)[] _settings;
    private RunningProgram? _program;

    private BrokerProcess(string? data, (string Key, string Value)[] settings)
    {
        _data = data ?? _directory["data"];
        _settings = settings;
    }

    public int Port { get; private set; }

    /// <summary>Host and port, as clients want them.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>The directory of the logs.</summary>
    public string DataDirectory => _data;

    /// <summary>What the present run, or the last one, has written.</summary>
    public ProcessOutput Log => Program.Output;

    public bool HasExited => Program.HasExited;

    /// <summary>Memory that the process has in use at the moment, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{Program.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(Digits().Match(line).Value, CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>Processor time that the process has used so far, its own and the system's for it.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            using var process = Process.GetProcessById(Program.Id);
            return process.TotalProcessorTime;
        }
    }

    private RunningProgram Program => _program ?? throw new InvalidOperationException("The broker was never started.");

    /// <summary>Starts a broker with these settings on a new directory and waits until it is ready.</summary>
    public static Task<BrokerProcess> StartAsync(params (string Key, string Value)[] settings) => StartOnAsync(data: null, settings);

    /// <summary>Starts a broker whose logs lie in a directory of the caller's, which outlives the broker.</summary>
    public static async Task<BrokerProcess> StartOnAsync(string? data, params (string Key, string Value)[] settings)
    {
        var broker = new BrokerProcess(data, settings);
        try
        {
            await broker.RunAsync(port: 0);
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>The arguments that start a broker; settings come last, so that they win over those that every test needs.</summary>
    public static string[] Arguments(int port, string data, params (string Key, string Value)[] settings)
    {
        (string Key, string Value)[] all =
        [
            ("listeners", $"PLAINTEXT://127.0.0.1:{port}"),
            ("log.dirs", data),
            ("group.initial.rebalance.delay.ms", "0"),
            ("offsets.topic.num.partitions", "4"),
            .. settings,
        ];
        return ["start", .. all.SelectMany(setting => new[] { "--set", $"{setting.Key}={setting.Value}" })];
    }

    /// <summary>Ends the process as a crash would: SIGKILL. May be called more than once.</summary>
    public void Kill() => Program.Kill();

    /// <summary>Waits until the process, killed or stopped, is gone.</summary>
    public Task<int> WaitForExitAsync() => Program.WaitForExitAsync(Bounds.Broker);

    /// <summary>Stops the process as an operator does and gives its exit status.</summary>
    public Task<int> StopAsync(int signal = Signals.Terminate)
    {
        Program.Signal(signal);
        return WaitForExitAsync();
    }

    /// <summary>Starts it again on the same data, once it has ended.</summary>
    public async Task RestartAsync(bool samePort = false)
    {
        await WaitForExitAsync();
        await Program.DisposeAsync();
        await RunAsync(samePort ? Port : 0);
    }

    /// <summary>Kills it and starts it again on the same data.</summary>
    public Task CrashAndRestartAsync(bool samePort = false)
    {
        Kill();
        return RestartAsync(samePort);
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        _directory.Dispose();
    }

    private async Task RunAsync(int port)
    {
        _program = RunningProgram.Start(SpateProgram.Executable, Arguments(port, _data, _settings));
        await Log.WaitForAsync("Started in", Bounds.Broker);
        var listening = Log.Lines.First(line => Listening().IsMatch(line.Text)).Text;
        Port = int.Parse(Listening().Match(listening).Groups["port"].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"listen.*127\.0\.0\.1:(?<port>\d+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Listening();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
