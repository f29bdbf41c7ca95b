namespace Spate.Storage.Tests.Logs;

/// <summary>Runs what is scheduled when the test says so, on the test's thread.</summary>
internal sealed class ManualScheduler : TaskScheduler
{
    private readonly Queue<Task> _tasks = new();

    public int Pending
    {
        get
        {
            lock (_tasks)
            {
                return _tasks.Count;
            }
        }
    }

    public void RunAll()
    {
        while (true)
        {
            Task task;
            lock (_tasks)
            {
                if (!_tasks.TryDequeue(out task!))
                {
                    return;
                }
            }

            TryExecuteTask(task);
        }
    }

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks.ToArray();

    protected override void QueueTask(Task task)
    {
        lock (_tasks)
        {
            _tasks.Enqueue(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
}
