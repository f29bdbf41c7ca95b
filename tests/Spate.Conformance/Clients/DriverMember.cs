using System.Text.Json;

namespace Spate.Conformance.Clients;

/// <summary>A member of a group inside a driver.</summary>
/// <param name="client">The client's name.</param>
/// <param name="ask">Has the driver do something with this member.</param>
internal sealed class DriverMember(string client, Func<string, Task> ask) : IGroupMember
{
    private readonly Lock _lock = new();
    private readonly List<ClientRecord> _records = [];
    private IReadOnlyList<string> _assigned = [];
    private int _assignments;

    public event EventHandler? Changed;

    public string? Failure { get; private set; }

    public IReadOnlyList<string> Assigned
    {
        get
        {
            lock (_lock)
            {
                return _assigned;
            }
        }
    }

    public int Assignments
    {
        get
        {
            lock (_lock)
            {
                return _assignments;
            }
        }
    }

    public IReadOnlyList<ClientRecord> Records
    {
        get
        {
            lock (_lock)
            {
                return [.. _records];
            }
        }
    }

    public Task CommitAsync() => ask("commit");

    public Task LeaveAsync() => ask("leave");

    /// <summary>Takes what the driver told of it.</summary>
    public void Hear(string happened, JsonElement message)
    {
        lock (_lock)
        {
            switch (happened)
            {
                case "assigned":
                    _assigned = [.. message.GetProperty("partitions").EnumerateArray().Select(entry => entry.GetString()!)];
                    _assignments++;
                    break;
                case "records":
                    _records.AddRange(DriverRecord.Parse(message.GetProperty("records")));
                    break;
                default:
                    Failure = message.GetProperty("error").GetString();
                    break;
            }
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    public override string ToString() =>
        $"{client}, assigned [{string.Join(' ', Assigned)}], {Records.Count} records{(Failure is null ? "" : $", failed: {Failure}")}";
}
