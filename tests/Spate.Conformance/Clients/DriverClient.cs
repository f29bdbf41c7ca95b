using System.Collections.Concurrent;
using System.Text.Json;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Clients;

/// <summary>
/// A client in another language, behind its driver: commands go to it as lines of JSON, and its answers and what else it tells come back as
/// such. The driver ends with this, and by itself when the test run is gone and its input with it.
/// </summary>
internal sealed class DriverClient : IForeignClient
{
    private readonly ClientProgram _program;
    private readonly DriverProcess _process;
    private readonly ConcurrentDictionary<int, Pending> _pending = new();
    private readonly ConcurrentDictionary<string, DriverMember> _members = new();
    private int _lastId;

    private DriverClient(ClientProgram program)
    {
        _program = program;
        _process = new DriverProcess(program, Hear, AbandonAll);
    }

    public static DriverClient Start(ClientProgram program) => new(program);

    public async Task<IReadOnlyDictionary<(string Topic, int Partition), long>> WriteAsync(
        BrokerProcess broker, IReadOnlyList<ClientRecord> records, WriteOptions? options = null)
    {
        options ??= new WriteOptions();
        var first = await AskAsync(broker, "write", new
        {
            codec = options.Codec,
            idempotent = options.Idempotent,
            records = records.Select(DriverRecord.From).ToArray(),
        });
        return first.EnumerateArray().ToDictionary(entry => (entry[0].GetString()!, entry[1].GetInt32()), entry => entry[2].GetInt64());
    }

    public async Task<IReadOnlyList<ClientRecord>> ReadAsync(BrokerProcess broker, IReadOnlyList<string> topics, ReadFrom from) =>
        DriverRecord.Parse(await AskAsync(broker, "read", new { topics, from = new { at = from.At, value = from.Value }, count = (int?)null }));

    public async Task<IReadOnlyList<ClientRecord>> ReadFromEndAsync(BrokerProcess broker, string topic, int count, Func<Task> whenThere)
    {
        var pending = Send(broker, "read", new { topics = new[] { topic }, from = new { at = "end", value = 0 }, count });
        await await Task.WhenAny(pending.Positioned.Task, pending.Answer.Task).WaitAsync(Bounds.Client);
        await whenThere();
        return DriverRecord.Parse(await AnswerAsync(pending));
    }

    public async Task<IReadOnlyList<ClientRecord>> ReadAsGroupAsync(BrokerProcess broker, string topic, string group, int count)
    {
        var member = await JoinAsync(broker, new JoinOptions(group, topic) { Most = count });
        await GroupWatch.UntilAsync([member], () => member.Records.Count >= count, $"{count} records were read");
        await member.CommitAsync();
        await member.LeaveAsync();
        return member.Records;
    }

    public async Task<IGroupMember> JoinAsync(BrokerProcess broker, JoinOptions options)
    {
        var name = $"member-{Interlocked.Increment(ref _lastId)}";
        var member = new DriverMember(_program.Client, command => AskAsync(broker, command, new { member = name }));
        _members[name] = member;
        await AskAsync(broker, "join", new
        {
            member = name,
            group = options.Group,
            topics = options.Topics,
            most = options.Most,
            manner = options.Manner.ToString(),
            instance = options.Instance,
            sessionTimeout = options.SessionTimeout,
        });
        return member;
    }

    public Task<JsonElement> AskAsync(BrokerProcess broker, string command, object? arguments = null) =>
        AnswerAsync(Send(broker, command, arguments));

    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private Pending Send(BrokerProcess broker, string command, object? arguments)
    {
        var id = Interlocked.Increment(ref _lastId);
        var line = arguments is null ? [] : JsonSerializer.SerializeToNode(arguments)!.AsObject();
        line["id"] = id;
        line["do"] = command;
        line["broker"] = broker.Address;
        var pending = new Pending(command);
        _pending[id] = pending;
        _process.Say(line.ToJsonString());
        if (_process.HasEnded)
        {
            AbandonAll();
        }

        return pending;
    }

    private async Task<JsonElement> AnswerAsync(Pending pending)
    {
        try
        {
            return await pending.Answer.Task.WaitAsync(Bounds.Client);
        }
        catch (TimeoutException)
        {
            throw Failure(pending.Command, $"it had not answered after {Bounds.Client.TotalSeconds} s");
        }
    }

    private void Hear(string line)
    {
        var message = JsonDocument.Parse(line).RootElement;
        if (message.TryGetProperty("event", out var happened))
        {
            Hear(happened.GetString()!, message);
        }
        else if (_pending.TryRemove(message.GetProperty("id").GetInt32(), out var pending))
        {
            if (message.TryGetProperty("error", out var error))
            {
                pending.Answer.TrySetException(Failure(pending.Command, error.GetString()!));
            }
            else
            {
                pending.Answer.TrySetResult(message.GetProperty("ok"));
            }
        }
    }

    private void Hear(string happened, JsonElement message)
    {
        if (happened == "positioned")
        {
            if (_pending.TryGetValue(message.GetProperty("read").GetInt32(), out var pending))
            {
                pending.Positioned.TrySetResult();
            }
        }
        else if (_members.TryGetValue(message.GetProperty("member").GetString()!, out var member))
        {
            member.Hear(happened, message);
        }
    }

    private void AbandonAll()
    {
        foreach (var (id, pending) in _pending)
        {
            _pending.TryRemove(id, out _);
            pending.Answer.TrySetException(Failure(pending.Command, "its process ended"));
        }
    }

    private ClientFailedException Failure(string command, string error) => new(_program.Client, command, error, _process.Trace);

    /// <summary>A command that has not been answered.</summary>
    private sealed record Pending(string Command)
    {
        public TaskCompletionSource<JsonElement> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Positioned { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
