import { useMemo, useState } from "react";
import { pictureAddress } from "@/api/projectFiles";
import type { PublicProject } from "@/api/types";
import { drawCurve } from "./curve";
import styles from "./gallery.module.css";

const width = 320;
const height = 150;

/** The notebook's last plot; where the answer is empty, a curve of the project's own. */
export function ProjectPicture({ project }: { project: PublicProject }) {
  const [hasNone, setNone] = useState(false);
  return (
    <div className={styles.picture} aria-hidden="true">
      {hasNone ? (
        <Curve seed={`${project.owner}/${project.name}`} />
      ) : (
        <img
          src={`${pictureAddress({ kind: "public", id: project.id })}?of=${project.checksum}`}
          alt=""
          loading="lazy"
          onError={() => {
            setNone(true);
          }}
        />
      )}
    </div>
  );
}

function Curve({ seed }: { seed: string }) {
  const { line, hue } = useMemo(() => drawCurve(seed, width, height), [seed]);
  return (
    <svg
      className={styles.curve}
      style={{ "--hue": hue } as React.CSSProperties}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
    >
      <path className={styles.area} d={`${line} L${width},${height} L0,${height} Z`} />
      <path className={styles.line} d={line} />
    </svg>
  );
}
