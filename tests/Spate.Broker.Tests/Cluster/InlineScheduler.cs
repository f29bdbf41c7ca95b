namespace Spate.Broker.Tests.Cluster;

/// <summary>Runs each task where it is started, so that nothing happens beside the test.</summary>
internal sealed class InlineScheduler : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task) => TryExecuteTask(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
