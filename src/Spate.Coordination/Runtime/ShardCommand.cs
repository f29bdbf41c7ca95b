using Spate.Protocol.Errors;

namespace Spate.Coordination.Runtime;

/// <summary>Something for a shard to run: a request, or a timer that is due.</summary>
internal abstract class ShardCommand<TState>
{
    protected ShardCommand(string key, CommandAccess access)
    {
        Key = key;
        Access = access;
    }

    /// <summary>Commands of one key keep their order; those of different keys know nothing of each other.</summary>
    public string Key { get; }

    public CommandAccess Access { get; }

    /// <summary>Registers the answer, if somebody waits for one.</summary>
    public abstract void Attach(HashSet<PendingReply> outstanding);

    public abstract CommandOutcome Execute(TState state);

    /// <summary>The log refused the command's records, or the command never ran.</summary>
    public abstract void Refuse(ErrorCode error);

    /// <summary>The caller has waited too long for the log: it is answered, and the command does not run if it has not yet.</summary>
    public abstract void Overdue();

    /// <summary>The command takes no more room in the mailbox.</summary>
    public abstract void Release();
}
