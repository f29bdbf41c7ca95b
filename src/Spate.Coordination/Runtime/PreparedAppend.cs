namespace Spate.Coordination.Runtime;

/// <summary>A command that was run, and what it decided.</summary>
internal readonly record struct PreparedAppend<TState>(ShardCommand<TState> Command, CommandOutcome Outcome)
{
    public int Size
    {
        get
        {
            var size = 0;
            foreach (var record in Outcome.Records)
            {
                size += record.Size;
            }

            return size;
        }
    }
}
