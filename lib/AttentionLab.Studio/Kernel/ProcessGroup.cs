using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// A kernel and every process that its cells start, so that they end together, however the kernel ends: on Unix a session that the kernel
/// opens for itself (<c>setsid</c>) and that is ended by one <c>kill</c>; on Windows a job object (written, not tried).
/// </summary>
internal sealed partial class ProcessGroup : IDisposable
{
    private const int SignalKill = 9;

    private readonly int _leader;
    private readonly SafeHandle? _job;

    /// <summary>The host's side: takes a kernel that it has just started.</summary>
    public ProcessGroup(Process kernel)
    {
        _leader = kernel.Id;
        _job = OperatingSystem.IsWindows() ? JobObject.Hold(kernel) : null;
    }

    /// <summary>The kernel's side: from here on its cells' processes can be told from the host's.</summary>
    public static void Open()
    {
        if (!OperatingSystem.IsWindows() && SetSession() < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "the notebook's process cannot open a session of its own");
        }
    }

    /// <summary>The kernel's side: ends this process and all that its cells started.</summary>
    public static void KillOwn()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Kill(0, SignalKill);
        }

        Process.GetCurrentProcess().Kill();
    }

    /// <summary>Ends what is left of the group; the kernel itself may be gone already.</summary>
    public void Kill()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Kill(-_leader, SignalKill);
        }

        _job?.Dispose();
    }

    public void Dispose() => _job?.Dispose();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    private static partial int SetSession();

    /// <summary>A job that ends its processes when its last handle is closed, also when the host is killed.</summary>
    [SupportedOSPlatform("windows")]
    private static partial class JobObject
    {
        private const int ExtendedLimitInformation = 9;
        private const uint LimitKillOnJobClose = 0x2000;

        public static SafeHandle Hold(Process process)
        {
            var job = new JobHandle(CreateJobObject(0, 0));
            var limits = new ExtendedLimits { LimitFlags = LimitKillOnJobClose };
            if (!SetInformationJobObject(job, ExtendedLimitInformation, in limits, Marshal.SizeOf<ExtendedLimits>())
                || !AssignProcessToJobObject(job, process.Handle))
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "the notebook's process cannot be put into a job");
            }

            return job;
        }

        [LibraryImport("kernel32", EntryPoint = "CreateJobObjectW", SetLastError = true)]
        private static partial nint CreateJobObject(nint attributes, nint name);

        [LibraryImport("kernel32", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        private static partial bool SetInformationJobObject(SafeHandle job, int kind, in ExtendedLimits limits, int length);

        [LibraryImport("kernel32", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        private static partial bool AssignProcessToJobObject(SafeHandle job, nint process);

        [LibraryImport("kernel32")]
        [return: MarshalAs(UnmanagedType.Bool)]
        private static partial bool CloseHandle(nint handle);

        /// <summary>JOBOBJECT_EXTENDED_LIMIT_INFORMATION; only the flags are used.</summary>
        [StructLayout(LayoutKind.Sequential)]
        private struct ExtendedLimits
        {
            public long ProcessTime;
            public long JobTime;
            public uint LimitFlags;
            public nuint MinimumWorkingSet;
            public nuint MaximumWorkingSet;
            public uint ActiveProcesses;
            public nint Affinity;
            public uint PriorityClass;
            public uint SchedulingClass;
            public ulong ReadOperations;
            public ulong WriteOperations;
            public ulong OtherOperations;
            public ulong ReadBytes;
            public ulong WrittenBytes;
            public ulong OtherBytes;
            public nuint ProcessMemory;
            public nuint JobMemory;
            public nuint PeakProcessMemory;
            public nuint PeakJobMemory;
        }

        private sealed class JobHandle(nint handle) : SafeHandle(handle, ownsHandle: true)
        {
            public override bool IsInvalid => handle == 0;

            protected override bool ReleaseHandle() => CloseHandle(handle);
        }
    }
}
