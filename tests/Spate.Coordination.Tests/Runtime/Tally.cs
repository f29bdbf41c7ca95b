using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Runtime;

/// <summary>The smallest state machine: numbers by name, and requests that wait for a number to be reached.</summary>
internal sealed class Tally(IShardContext context) : ICoordinatorState
{
    public Dictionary<string, int> Numbers { get; } = [];

    public List<(string Key, int Least, Reply<string> Reply)> Waiting { get; } = [];

    public bool IsLoaded { get; private set; }

    public IShardContext Context { get; } = context;

    public void Apply(CoordinatorRecord record)
    {
        var key = System.Text.Encoding.UTF8.GetString(record.Key.Span);
        Numbers[key] = Numbers.GetValueOrDefault(key) + BitConverter.ToInt32(record.Value!.Value.Span);
        foreach (var waiting in Waiting.Where(waiting => waiting.Key == key && waiting.Least <= Numbers[key]).ToList())
        {
            Waiting.Remove(waiting);
            waiting.Reply.Complete($"{key} reached {Numbers[key]}");
        }
    }

    /// <summary>What loading sets going.</summary>
    public Action? OnLoaded { get; init; }

    public void Loaded()
    {
        IsLoaded = true;
        OnLoaded?.Invoke();
    }

    /// <summary>Adds, and answers with the number as it was when the command ran and as it is when committed.</summary>
    public CommandOutcome Add(string key, int amount, Reply<string> reply)
    {
        var before = Numbers.GetValueOrDefault(key);
        return CommandOutcome.Append([Record(key, amount)], () => reply.Complete($"{before}->{Numbers[key]}"));
    }

    public CommandOutcome Await(string key, int least, Reply<string> reply)
    {
        Waiting.Add((key, least, reply));
        return CommandOutcome.Done;
    }

    public static CoordinatorRecord Record(string key, int amount) => new(System.Text.Encoding.UTF8.GetBytes(key), BitConverter.GetBytes(amount));

    public static string Refused(ErrorCode error) => error.ToString();
}
